/**
 * What events show of names and properties, gathered in memory and told to the database when something is new and every
 * minute: nothing of a request waits for it. Bounded in names, properties and samples, and a value is a sample only once
 * several people had it, so that none tells of anybody.
 */
import { type Sighting, sampleOf, sightingsOf, typeOf } from '../../domain/event/catalogue.js';
import type { StreamEvent } from '../../domain/event/streamEvent.js';
import type { Pool } from '../../storage/pool.js';
import { addToCatalogue } from '../../storage/queries/catalogue/catalogue.js';
import { Entries, type Entry, type Tally } from './entries.js';

export interface Catalogue {
  /** Of committed events. */
  see(events: readonly StreamEvent[]): void;
  /** Tells now what was seen; resolves once it is told. */
  tell(): Promise<void>;
}

export interface CatalogueDeps {
  readonly pool: Pool;
  readonly onError: (error: unknown) => void;
  /** How long what is new waits for more of it. */
  readonly soonMs?: number;
}

const SOON_MS = 1_000;
const EVERY_MS = 60_000;
/** What others have added meanwhile is read again when something is new. */
const READ_AGAIN_MS = 600_000;
const MOST_A_STATEMENT = 500;
/** Kept until it is known what is new. */
const MOST_EARLY = 500;

export function createCatalogue({ pool, onError, soonMs = SOON_MS }: CatalogueDeps): Catalogue {
  const entries = new Entries(pool);
  let loadedAt: number | null = null;
  let loading: Promise<void> | null = null;
  let early: StreamEvent[] = [];
  let untold: Entry[] = [];
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | null = null;
  let telling: Promise<void> = Promise.resolve();

  function tellIn(ms: number): void {
    const at = performance.now() + ms;
    if (timer !== null && timer.at <= at) return;
    if (timer !== null) clearTimeout(timer.handle);
    timer = { at, handle: setTimeout(() => void tell().catch(onError), ms).unref() };
  }

  function load(): Promise<void> {
    loading ??= entries
      .load()
      .then(() => {
        loadedAt = performance.now();
        const waited = early;
        early = [];
        for (const event of waited) take(event);
        if (untold.length > 0) tellIn(EVERY_MS);
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  }

  function take(event: StreamEvent): void {
    for (const sighting of sightingsOf(event)) {
      const entry = entries.known(sighting) ?? meet(sighting, event.userId);
      if (entry !== null) count(entry, sighting, event);
    }
  }

  function meet(sighting: Sighting, userId: number): Entry | null {
    if (loadedAt !== null && performance.now() - loadedAt > READ_AGAIN_MS) load().catch(onError);
    return entries.admit(sighting, userId);
  }

  function count(entry: Entry, { value }: Sighting, { userId, time }: StreamEvent): void {
    const tally = entry.tally ?? newTally(time);
    if (entry.tally === null) {
      entry.tally = tally;
      untold.push(entry);
    }
    tally.count += 1;
    tally.firstAt = Math.min(tally.firstAt, time);
    tally.lastAt = Math.max(tally.lastAt, time);
    const type = typeOf(value);
    if (type !== null) tally.types.add(type);
    const sample = entry.watch === null ? null : sampleOf(value);
    const isSample = sample !== null && entry.watch?.offer(sample, userId) === true;
    if (isSample) tally.samples.push(sample);
    if (isSample || !entry.isTold || (type !== null && !entry.toldTypes.has(type))) tellIn(soonMs);
  }

  async function tell(): Promise<void> {
    if (timer !== null) clearTimeout(timer.handle);
    timer = null;
    const told = telling.then(write);
    telling = told.catch(() => undefined);
    await told;
  }

  async function write(): Promise<void> {
    if (loadedAt === null) await load();
    const taken = untold;
    untold = [];
    for (let from = 0; from < taken.length; from += MOST_A_STATEMENT) {
      const page = taken.slice(from, from + MOST_A_STATEMENT).map((entry) => ({ entry, tally: takeTally(entry) }));
      try {
        await addToCatalogue(
          pool,
          page.map(({ entry: { row }, tally: { types, ...tally } }) => ({ ...row, ...tally, types: [...types] })),
        );
      } catch (error) {
        for (const { entry, tally } of page) giveBack(entry, tally);
        untold.push(...taken.slice(from + MOST_A_STATEMENT));
        tellIn(EVERY_MS);
        throw error;
      }
      for (const { entry, tally } of page) {
        entry.isTold = true;
        for (const type of tally.types) entry.toldTypes.add(type);
      }
    }
  }

  function giveBack(entry: Entry, tally: Tally): void {
    const since = entry.tally;
    if (since === null) untold.push(entry);
    entry.tally = since === null ? tally : together(tally, since);
  }

  return {
    see(events) {
      if (loadedAt === null) {
        early.push(...events.slice(0, MOST_EARLY - early.length));
        if (loading === null) load().catch(onError);
        return;
      }
      for (const event of events) take(event);
      if (untold.length > 0) tellIn(EVERY_MS);
    },
    tell,
  };
}

function newTally(time: number): Tally {
  return { types: new Set(), samples: [], count: 0, firstAt: time, lastAt: time };
}

function takeTally(entry: Entry): Tally {
  const { tally } = entry;
  if (tally === null) throw new Error('what is to be told was told already');
  entry.tally = null;
  return tally;
}

function together(one: Tally, other: Tally): Tally {
  return {
    types: new Set([...one.types, ...other.types]),
    samples: [...one.samples, ...other.samples],
    count: one.count + other.count,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
  };
}
