/**
 * Group commit: requests that come while others are being committed share the next transaction. Each keeps its own
 * answer, and one that fails takes no other with it. A lone request is committed at once, alone.
 * Only requests about different people share one: what each does is then the same as if it had come by itself (EV-08).
 */
import type { Pool } from '../storage/pool.js';
import { readRevision } from '../storage/queries/events/readRevision.js';
import { isDatabaseUnavailable, isLockTimeout } from '../storage/unavailable.js';
import { withOpenedTransaction } from '../storage/withTransaction.js';
import type { Clock } from '../telemetry/clock.js';
import { failpoint } from '../telemetry/failpoints.js';
import type { Incoming } from './incoming.js';
import { openKnown, type RecordResult, recordEvents, recordOpened } from './recordEvents.js';
import type { StreamDeps } from './streamDeps.js';

export interface RecorderDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly stream: StreamDeps;
  /** Told of each transaction once it is committed. */
  readonly onRecorded: (result: RecordResult) => void;
}

/** What became of the items of one request. */
export type Recorded = Pick<RecordResult, 'errors' | 'skipped' | 'repeated' | 'warnings'>;

export interface Recorder {
  /** Resolves once committed and decided; rejects when nothing of this request was recorded. */
  record(incoming: readonly Incoming[]): Promise<Recorded>;
}

interface Waiting {
  readonly incoming: readonly Incoming[];
  /** Whom it is about, by external id; null where a name might be another's too: it shares with nobody. */
  readonly people: ReadonlySet<string> | null;
  resolve(recorded: Recorded): void;
  reject(error: unknown): void;
}

/** Transactions under way at a time: with more, little would be shared. */
const LANES = 2;
/** One that takes longer (somebody holds a person's lock) holds nobody else up: it no longer counts as a lane. */
const SLOW_AFTER_MS = 50;
/** A person who is locked for longer holds up those who ask for them, and not whoever shares the transaction. */
const SHARED_LOCK_TIMEOUT_MS = 250;
/** Items of one transaction: eight full requests. */
const MOST_ITEMS = 600;

export function createRecorder({ pool, clock, stream, onRecorded }: RecorderDeps): Recorder {
  let queue: Waiting[] = [];
  const underWay = new Set<readonly Waiting[]>();
  let isOpening = false;

  /** At the end of this turn of the event loop, so that requests which were read in one turn share a transaction. */
  function openSoon(): void {
    if (isOpening) return;
    isOpening = true;
    setImmediate(() => {
      isOpening = false;
      open();
    });
  }

  function open(): void {
    while (underWay.size < LANES && queue.length > 0) {
      const { batch, rest } = takeBatch(queue, [...underWay].flat());
      if (batch.length === 0) return;
      queue = rest;
      void runLane(batch);
    }
  }

  async function runLane(batch: readonly Waiting[]): Promise<void> {
    underWay.add(batch);
    const release = () => {
      if (underWay.delete(batch)) openSoon();
    };
    const timer = setTimeout(release, SLOW_AFTER_MS);
    await commit(batch);
    clearTimeout(timer);
    release();
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const recorded = await recordTogether(batch);
      for (const [position, { resolve }] of batch.entries()) resolve(recorded[position] ?? NOTHING);
    } catch (error) {
      // Whose fault it was is not known: each is tried by itself, unless nobody could succeed now.
      if (batch.length > 1 && (isLockTimeout(error) || !isDatabaseUnavailable(error)))
        await Promise.all(batch.map((each) => commit([each])));
      else for (const { reject } of batch) reject(error);
    }
  }

  async function recordTogether(batch: readonly Waiting[]): Promise<readonly Recorded[]> {
    const now = await clock();
    const requests = batch.map((each) => each.incoming);
    const incoming = requests.flat();
    const options = requests.length === 1 ? {} : { lockTimeoutMs: SHARED_LOCK_TIMEOUT_MS };
    const externalIds = namesOf(batch);
    const result =
      (externalIds === null
        ? null
        : await withOpenedTransaction(
            pool,
            {
              open: (tx) => openKnown(tx, { incoming, externalIds }),
              work: async (tx, opened) => passed(await recordOpened(tx, stream, { incoming, now, opened })),
            },
            options,
          )) ??
      (await withOpenedTransaction(
        pool,
        {
          // Before anybody is created: what is rolled back to read the campaigns again would cost them an id.
          open: (tx) => (externalIds === null ? readRevision(tx, 0) : Promise.resolve(null)),
          work: async (tx, opened) => {
            if (opened !== null) stream.campaigns.at(opened.revision);
            return passed(alone(await recordEvents(tx, stream, incoming, now), batch));
          },
        },
        options,
      ));
    onRecorded(result);
    return requests.map((items) => ofRequest(result, items));
  }

  return {
    record: (incoming) =>
      new Promise((resolve, reject) => {
        queue.push({ incoming, people: peopleOf(incoming), resolve, reject });
        openSoon();
      }),
  };
}

/** All that they name, each once; null where one names somebody otherwise. */
function namesOf(batch: readonly Waiting[]): readonly string[] | null {
  return batch.some(({ people }) => people === null) ? null : batch.flatMap(({ people }) => [...(people ?? [])]);
}

function passed<T>(recorded: T): T {
  if (recorded !== null) failpoint('before_ack');
  return recorded;
}

/** A state that followed an address to another person may be what a neighbour's events are judged by: nothing is shared. */
function alone(result: RecordResult, batch: readonly Waiting[]): RecordResult {
  if (batch.length > 1 && result.isSpread)
    throw new Error('a state followed an address: each request is recorded alone');
  return result;
}

const NOTHING: Recorded = { errors: [], skipped: [], repeated: [], warnings: [] };

function ofRequest(result: RecordResult, items: readonly Incoming[]): Recorded {
  const { errors, skipped, repeated, warnings } = result;
  if (errors.length + skipped.length + repeated.length + warnings.length === 0) return NOTHING;
  const own = new Set(items);
  return {
    errors: errors.filter(({ item }) => own.has(item)),
    skipped: skipped.filter((item) => own.has(item)),
    repeated: repeated.filter((item) => own.has(item)),
    warnings: warnings.filter(({ item }) => own.has(item)),
  };
}

/**
 * The oldest whose people are not being recorded already, and with it those of yet other people, oldest first: nobody
 * overtakes a request about the same person. What names people otherwise goes alone, whoever they are.
 */
function takeBatch(
  queue: readonly Waiting[],
  underWay: readonly Waiting[],
): { readonly batch: readonly Waiting[]; readonly rest: Waiting[] } {
  const batch: Waiting[] = [];
  const rest: Waiting[] = [];
  const taken = new Set<string>();
  for (const { people } of underWay) addAll(people, taken);
  let items = 0;
  for (const [position, each] of queue.entries()) {
    const [first] = batch;
    if (items >= MOST_ITEMS || first?.people === null) return { batch, rest: [...rest, ...queue.slice(position)] };
    const fits = first === undefined || (each.people !== null && items + each.incoming.length <= MOST_ITEMS);
    if (fits && !isAnyIn(each.people, taken)) {
      batch.push(each);
      items += each.incoming.length;
    } else rest.push(each);
    addAll(each.people, taken);
  }
  return { batch, rest };
}

function addAll(people: Waiting['people'], taken: Set<string>): void {
  for (const person of people ?? []) taken.add(person);
}

function isAnyIn(people: Waiting['people'], taken: ReadonlySet<string>): boolean {
  for (const person of people ?? []) if (taken.has(person)) return true;
  return false;
}

function peopleOf(incoming: readonly Incoming[]): ReadonlySet<string> | null {
  const people = new Set<string>();
  for (const { identity } of incoming) {
    if (identity.kind !== 'externalId') return null;
    people.add(identity.value);
  }
  return people;
}
