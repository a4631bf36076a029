/**
 * How many people an audience has: counted or, where that takes too long, estimated from people drawn at random. What only
 * `evaluateFilter` can answer is counted page by page.
 */
import type { AskedAt } from '../domain/audience/askedAt.js';
import type { Filter } from '../domain/audience/filter.js';
import { filterToSql } from '../facts/filters/filterToSql.js';
import type { Pool, Queryable } from '../storage/pool.js';
import { countPeople, drawPeople, nextPeople } from '../storage/queries/people/everybody.js';
import { type Counted, countOf, countThese, NOBODY, reachable, sumOf, withinTime } from './counting.js';
import { whoPasses } from './people.js';

const PAGE = 2_000;
const DRAWN = 4_000;
/** Of what an estimate asks: a few thousand people. */
const ESTIMATE_MS = 10_000;

export interface AudienceSize extends Counted {
  /** Everybody there is. */
  readonly of: number;
  /** How many people drawn at random it is estimated from; null: counted. */
  readonly drawn: number | null;
}

export interface SizeRequest extends AskedAt {
  /** How long counting may take before the size is estimated. */
  readonly timeoutMs: number;
}

/** Null: not even an estimate was made in time. */
export async function audienceSize(pool: Pool, filter: Filter, request: SizeRequest): Promise<AudienceSize | null> {
  const { timeoutMs, ...askedAt } = request;
  return (await counted(pool, filter, { askedAt, timeoutMs })) ?? (await estimated(pool, filter, askedAt));
}

async function counted(
  pool: Pool,
  filter: Filter,
  { askedAt, timeoutMs }: { readonly askedAt: AskedAt; readonly timeoutMs: number },
): Promise<AudienceSize | null> {
  return await withinTime(pool, timeoutMs, async (tx) => {
    const deadline = performance.now() + timeoutMs;
    const { text, values, isExact } = filterToSql(filter, askedAt);
    const of = await countPeople(tx);
    if (isExact) return { ...(await countOf(tx, text, values)), of, drawn: null };
    let sum = NOBODY;
    for (let after = 0; ; ) {
      const candidates = await nextPeople(tx, { after, limit: PAGE });
      const passing = await whoPasses(tx, filter, { ...askedAt, candidates, deadline });
      if (passing === null) return null;
      sum = sumOf(sum, await countThese(tx, passing));
      if (candidates.length < PAGE) return { ...sum, of, drawn: null };
      if (performance.now() > deadline) return null;
      after = candidates.at(-1) ?? after;
    }
  });
}

async function estimated(pool: Pool, filter: Filter, askedAt: AskedAt): Promise<AudienceSize | null> {
  return await withinTime(pool, ESTIMATE_MS, async (tx) => {
    const of = await countPeople(tx);
    const drawn = await draw(tx, of);
    const deadline = performance.now() + ESTIMATE_MS;
    const passing = await whoPasses(tx, filter, { ...askedAt, candidates: drawn, deadline });
    if (passing === null) return null;
    const { people, reachable: reached } = await countThese(tx, passing);
    const whole = (count: number) => (drawn.length === 0 ? 0 : Math.round((of * count) / drawn.length));
    return {
      people: whole(people),
      reachable: reachable((name) => whole(reached[name] ?? 0)),
      of,
      drawn: drawn.length,
    };
  });
}

/** Some 4,000 of them; all where there are no more. */
export async function draw(tx: Queryable, of: number): Promise<readonly number[]> {
  return of <= DRAWN ? await drawPeople(tx, 100) : await drawPeople(tx, (100 * DRAWN) / of);
}
