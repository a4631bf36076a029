/** The months of events, each a partition, and how one of them goes. */
import type { Counter } from '../../../domain/facts/counters.js';
import { instant, type Queryable } from '../../pool.js';

/** The first instant of a UTC month, and of the next. */
export interface Month {
  readonly start: number;
  readonly end: number;
}

const MONTHS = `
  select right(c.relname, 6) as month from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass and c.relname ~ '^events_[0-9]{6}$'
  order by c.relname
`;

/** The months that have a partition, as `202605`, oldest first. */
export async function listEventMonths(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ month: string }>({ name: 'listEventMonths', text: MONTHS, values: [] });
  return rows.map(({ month }) => month);
}

const COUNT = `
  select count(*) as count from events where received_at >= $1::timestamptz and received_at < $2::timestamptz
`;

/** How many events were received in the month: reads all of them, however long it takes. In a transaction. */
export async function countEventsOfMonth(tx: Queryable, { start, end }: Month): Promise<number> {
  await tx.query('set local statement_timeout = 0');
  const values = [instant(start), instant(end)];
  const { rows } = await tx.query<{ count: number }>({ name: 'countEventsOfMonth', text: COUNT, values });
  return rows[0]?.count ?? 0;
}

// One pass over the month: the names that occur in it are few.
const THERE = `
  select n.nth from unnest($3::text[], $4::text[]) with ordinality as n(kind, name, nth)
  where (n.kind, n.name) in (
    select e.kind, e.name from events e where e.received_at >= $1::timestamptz and e.received_at < $2::timestamptz
  ) or (n.kind = 'purchase' and n.name = '' and exists (
    select from events e
    where e.received_at >= $1::timestamptz and e.received_at < $2::timestamptz and e.kind = 'purchase'
  ))
`;

/** Those of the counters that the month has events of. In a transaction, likewise. */
export async function countersInMonth<C extends Counter>(
  tx: Queryable,
  { start, end }: Month,
  counters: readonly C[],
): Promise<readonly C[]> {
  if (counters.length === 0) return [];
  await tx.query('set local statement_timeout = 0');
  const { rows } = await tx.query<{ nth: number }>({
    name: 'countersInMonth',
    text: THERE,
    values: [
      instant(start),
      instant(end),
      counters.map(({ eventKind }) => eventKind),
      counters.map(({ name }) => name),
    ],
  });
  const there = new Set(rows.map(({ nth }) => nth));
  return counters.filter((_, index) => there.has(index + 1));
}

/**
 * Drops the partition of the month, `202605`. It takes `events` for itself alone until the transaction ends, so nothing slow may
 * come after it.
 */
export async function dropEventMonth(tx: Queryable, month: string): Promise<void> {
  if (!/^\d{6}$/.test(month)) throw new RangeError(`not a month: ${month}`);
  await tx.query(`drop table events_${month}`);
}

const BLOCKS = `select pg_relation_size('event_keys') / current_setting('block_size')::bigint as count`;
const FORGET = `
  delete from event_keys
  where ctid >= $1::text::tid and ctid < $2::text::tid
    and received_at >= $3::timestamptz and received_at < $4::timestamptz
`;
/** 16 MB: some 150,000 keys. */
const BLOCKS_A_PAGE = 2_048;

/**
 * Forgets the event ids that were recorded in the month, and returns how many. The table is read once from end to end, as it lies
 * on disk, a transaction a page: an index on the instant would cost each event that is recorded.
 */
export async function forgetEventKeys(db: Queryable, { start, end }: Month): Promise<number> {
  const { rows } = await db.query<{ count: number }>({ name: 'countEventKeyBlocks', text: BLOCKS, values: [] });
  const blocks = rows[0]?.count ?? 0;
  let forgotten = 0;
  for (let from = 0; from < blocks; from += BLOCKS_A_PAGE) {
    const values = [`(${from},0)`, `(${from + BLOCKS_A_PAGE},0)`, instant(start), instant(end)];
    const { rowCount } = await db.query({ name: 'forgetEventKeys', text: FORGET, values });
    forgotten += rowCount ?? 0;
  }
  return forgotten;
}
