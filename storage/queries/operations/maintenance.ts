import { instant, type Queryable } from '../../pool.js';

const ENSURE_PARTITIONS = `select ensure_partitions($1::timestamptz)`;

/** Creates the partitions of the months and days ahead of `now`. */
export async function ensurePartitions(db: Queryable, now: number): Promise<void> {
  await db.query({ name: 'ensurePartitions', text: ENSURE_PARTITIONS, values: [instant(now)] });
}

const FORGET_IDEMPOTENCY_KEYS = `
  delete from idempotency_keys where created_at < statement_timestamp() - interval '7 days'
`;

export async function forgetIdempotencyKeys(db: Queryable): Promise<void> {
  await db.query({ name: 'forgetIdempotencyKeys', text: FORGET_IDEMPOTENCY_KEYS });
}

// Partitions are named rejections_YYYYMMDD; dropping one is instant and leaves nothing to vacuum.
// Compared as text: a plan may look at the names of tables that are no partitions, which are no dates.
const OLD_REJECTIONS = `
  select c.relname as name from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'rejections'::regclass
    and right(c.relname, 8) < to_char(($1::timestamptz at time zone 'UTC')::date - 30, 'YYYYMMDD')
`;

export async function dropOldRejections(db: Queryable, now: number): Promise<void> {
  const { rows } = await db.query<{ name: string }>({
    name: 'selectOldRejections',
    text: OLD_REJECTIONS,
    values: [instant(now)],
  });
  for (const { name } of rows) {
    if (/^rejections_\d{8}$/.test(name)) await db.query(`drop table if exists ${name}`);
  }
}
