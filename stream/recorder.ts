/**
 * Group commit: requests that come while others are being committed share the next transaction. Each keeps its own
 * answer, and one that fails takes no other with it. A lone request is committed at once, alone.
 * Requests share one only if what each does is then the same as if it had come by itself (EV-08): those about a person
 * whom an earlier one of them names change no attribute of that person.
 */
import { createGroupCommit, type Queued, SHARED_LOCK_TIMEOUT_MS, type Taken } from '../storage/groupCommit.js';
import type { Pool } from '../storage/pool.js';
import { readRevision } from '../storage/queries/events/readRevision.js';
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

interface Request {
  readonly incoming: readonly Incoming[];
  /** Whom it is about, by external id; null where a name might be another's too: it shares with nobody. */
  readonly people: ReadonlySet<string> | null;
  /** Whose attributes it changes, by external id. */
  readonly changed: ReadonlySet<string>;
}

const LANES = 2;
/** Items of one transaction: eight full requests. */
const MOST_ITEMS = 600;

export function createRecorder({ pool, clock, stream, onRecorded }: RecorderDeps): Recorder {
  async function recordTogether(batch: readonly Request[]): Promise<readonly Recorded[]> {
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
              work: async (tx, opened, withCommit) =>
                passed(await recordOpened(tx, stream, { incoming, now, opened, withCommit })),
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

  const commit = createGroupCommit<Request, Recorded>({
    lanes: LANES,
    take: takeBatch,
    follows: (later, earlier) => isAnyIn(later.people, earlier.people),
    commit: recordTogether,
  });
  return {
    record: (incoming) => commit({ incoming, people: peopleOf(incoming), changed: changedBy(incoming) }),
  };
}

/** All that they name, each once; null where one names somebody otherwise. */
function namesOf(batch: readonly Request[]): readonly string[] | null {
  if (batch.some(({ people }) => people === null)) return null;
  return [...new Set(batch.flatMap(({ people }) => [...(people ?? [])]))];
}

function passed<T>(recorded: T): T {
  if (recorded !== null) failpoint('before_ack');
  return recorded;
}

/** A state that followed an address to another person may be what a neighbour's events are judged by: nothing is shared. */
function alone(result: RecordResult, batch: readonly Request[]): RecordResult {
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
 * The oldest whose people are not being recorded already, and with it later ones, oldest first: nobody overtakes a
 * request about the same person. An event of somebody whom an earlier one of them names is recorded after what that one
 * does. Attributes are applied before all events, so none is changed of somebody whom an earlier one names.
 * What names people otherwise goes alone, whoever they are.
 */
function takeBatch<Q extends Queued<Request>>(queue: readonly Q[], underWay: readonly (readonly Q[])[]): Taken<Q> {
  const batch: Q[] = [];
  const rest: Q[] = [];
  const waitedFor = new Set<string>();
  const named = new Set<string>();
  for (const { item } of underWay.flat()) addAll(item.people, waitedFor);
  let items = 0;
  for (const [position, each] of queue.entries()) {
    const { people, changed, incoming } = each.item;
    const [first] = batch;
    if (items >= MOST_ITEMS || first?.item.people === null) return { batch, rest: [...rest, ...queue.slice(position)] };
    const fits = first === undefined || (people !== null && items + incoming.length <= MOST_ITEMS);
    if (fits && !isAnyIn(people, waitedFor) && !isAnyIn(changed, named)) {
      batch.push(each);
      items += incoming.length;
      addAll(people, named);
    } else {
      rest.push(each);
      addAll(people, waitedFor);
    }
  }
  return { batch, rest };
}

function addAll(people: Request['people'], into: Set<string>): void {
  for (const person of people ?? []) into.add(person);
}

function isAnyIn(people: Request['people'], others: Request['people']): boolean {
  for (const person of people ?? []) if (others?.has(person) === true) return true;
  return false;
}

function changedBy(incoming: readonly Incoming[]): ReadonlySet<string> {
  return peopleOf(incoming.filter(({ kind }) => kind === 'attributes')) ?? new Set();
}

function peopleOf(incoming: readonly Incoming[]): ReadonlySet<string> | null {
  const people = new Set<string>();
  for (const { identity } of incoming) {
    if (identity.kind !== 'externalId') return null;
    people.add(identity.value);
  }
  return people;
}
