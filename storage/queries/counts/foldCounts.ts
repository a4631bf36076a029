import type { Queryable } from '../../pool.js';

const HOLD_FOLDING = `select pg_try_advisory_xact_lock(7276, 0) as held`;
const HOLD_SHARD = `select pg_try_advisory_xact_lock(7276, $1::int) as held`;

// A day's row and the sum of all days get the same, so that neither is ever without the other.
const FOLD = `
  with folded as (
    delete from campaign_counts where shard = $1::smallint returning *
  )
  insert into campaign_counts as c (campaign_id, generation, version, step, variant, channel, day, metric, reason, shard, n)
  select campaign_id, generation, version, step, variant, channel, d.day, metric, reason, 0, sum(n)
  from folded f cross join lateral (values (f.day), ('-infinity'::date)) d(day)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9
  on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
  do update set n = c.n + excluded.n
`;

/** Takes the right to fold until the transaction ends; false: somebody else has it. */
export async function tryHoldFolding(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ held: boolean }>({ name: 'holdFolding', text: HOLD_FOLDING });
  return rows[0]?.held === true;
}

/** Adds what a shard holds to what has been folded; a shard that is being written to is left for the next time. */
export async function foldShard(tx: Queryable, shard: number): Promise<void> {
  const { rows } = await tx.query<{ held: boolean }>({ name: 'holdShard', text: HOLD_SHARD, values: [shard] });
  if (rows[0]?.held === true) await tx.query({ name: 'foldCounts', text: FOLD, values: [shard] });
}
