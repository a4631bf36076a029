/** Counts people in one transaction that has a deadline of its own, and memory for sets of all people. */
import { CHANNEL_NAMES, type ChannelName } from '../domain/channel/index.js';
import { reachedBy } from '../facts/filters/reached.js';
import type { Pool, Queryable, TransactionClient } from '../storage/pool.js';
import { isStatementTimeout } from '../storage/unavailable.js';
import { withTransaction } from '../storage/withTransaction.js';

/** A set of a million ids is hashed in 50 MB; at most two are counted at a time. */
const MEMORY = '128MB';

export interface Counted {
  readonly people: number;
  /** Of them, those whom each channel reaches as their profile is. */
  readonly reachable: Readonly<Record<string, number>>;
}

export const NOBODY: Counted = { people: 0, reachable: reachable(() => 0) };

export function reachable(of: (channel: ChannelName) => number): Counted['reachable'] {
  return Object.fromEntries(CHANNEL_NAMES.map((name) => [name, of(name)]));
}

/** Null: a statement took longer than that. */
export async function withinTime<T>(
  pool: Pool,
  ms: number,
  work: (tx: TransactionClient) => Promise<T>,
): Promise<T | null> {
  try {
    return await withTransaction(pool, async (tx) => {
      await tx.query(`set local statement_timeout = ${Math.max(1, Math.ceil(ms))}`);
      await tx.query(`set local work_mem = '${MEMORY}'`);
      return await work(tx);
    });
  } catch (error) {
    if (isStatementTimeout(error)) return null;
    throw error;
  }
}

const REACHABLE = CHANNEL_NAMES.map((name) => `count(*) filter (where ${reachedBy(name)}) as "${name}"`).join(', ');

/** Of the people whom `ids`, a select of `user_id`, names. */
export async function countOf(tx: Queryable, ids: string, values: readonly unknown[]): Promise<Counted> {
  const { rows } = await tx.query<Record<string, number>>(
    `select count(*) as people, ${REACHABLE} from (${ids}) m join users u on u.id = m.user_id`,
    [...values],
  );
  const [row = {}] = rows;
  return { people: row.people ?? 0, reachable: reachable((name) => row[name] ?? 0) };
}

const THESE = 'select unnest($1::bigint[]) as user_id';

export async function countThese(tx: Queryable, userIds: readonly number[]): Promise<Counted> {
  return userIds.length === 0 ? NOBODY : await countOf(tx, THESE, [userIds]);
}

export function sumOf(a: Counted, b: Counted): Counted {
  return {
    people: a.people + b.people,
    reachable: reachable((name) => (a.reachable[name] ?? 0) + (b.reachable[name] ?? 0)),
  };
}
