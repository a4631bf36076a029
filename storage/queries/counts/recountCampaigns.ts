import type { Queryable } from '../../pool.js';

const KEYS = `campaign_id, generation, version, variant, day, metric, reason`;

// Rejections are kept for 30 days only: what was counted of older ones cannot be told anew, and stays.
const WRONG = `
  oldest as (
    select min(to_date(right(c.relname, 8), 'YYYYMMDD')) as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'rejections'::regclass
  ), kept as (
    select ${KEYS}, sum(n) as n from campaign_counts where day > '-infinity' group by ${KEYS}
  ), wrong as (
    select ${KEYS}, coalesce(r.n, 0) - coalesce(k.n, 0) as n
    from recounted r full join kept k using (${KEYS})
    where coalesce(r.n, 0) <> coalesce(k.n, 0)
      and (metric <> 'turned_away' or day >= (select day from oldest))
  )
`;

const CHECK = `
  with ${WRONG}
  select c.key as campaign, w.metric, w.reason, sum(w.n) as difference
  from wrong w join campaigns c on c.id = w.campaign_id
  group by 1, 2, 3
  order by 1, 2, 3
`;

const MEND = `
  with ${WRONG}
  insert into campaign_counts as c (${KEYS}, shard, n)
  select ${KEYS}, counts_shard(), n from wrong
  on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
  do update set n = c.n + excluded.n
`;

// Rebuilt from the folded days, under the right to fold.
const SUMS = `
  with days as (
    select campaign_id, generation, version, step, variant, channel, metric, reason, sum(n) as n
    from campaign_counts where shard = 0 and day > '-infinity'
    group by 1, 2, 3, 4, 5, 6, 7, 8
  ), gone as (
    delete from campaign_counts s where s.shard = 0 and s.day = '-infinity' and not exists (
      select from days d where (d.campaign_id, d.generation, d.version, d.step, d.variant, d.channel, d.metric, d.reason)
        = (s.campaign_id, s.generation, s.version, s.step, s.variant, s.channel, s.metric, s.reason)
    )
  )
  insert into campaign_counts as c
    (campaign_id, generation, version, step, variant, channel, day, metric, reason, shard, n)
  select campaign_id, generation, version, step, variant, channel, '-infinity', metric, reason, 0, n from days
  on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
  do update set n = excluded.n
`;

export interface CountDifference {
  /** The campaign's key. */
  readonly campaign: string;
  readonly metric: string;
  readonly reason: string;
  /** By how much more there is than was counted. */
  readonly difference: number;
}

/** Where the kept counts differ from what the pairings and rejections say, of one snapshot; empty: nowhere. */
export async function findWrongCounts(tx: Queryable): Promise<readonly CountDifference[]> {
  // It reads all pairings there are, for an operator who asked.
  await tx.query('set local statement_timeout = 0');
  const { rows } = await tx.query<CountDifference>({ name: 'findWrongCounts', text: CHECK });
  return rows;
}

/**
 * Makes the kept counts equal what the pairings and rejections say. It adds differences of one snapshot, so that nobody
 * has to stop writing; only one may run at a time, and none while another folds.
 */
export async function recountCampaigns(tx: Queryable): Promise<readonly CountDifference[]> {
  await tx.query('select pg_advisory_xact_lock(7276, 0)');
  const found = await findWrongCounts(tx);
  await tx.query({ name: 'recountCampaigns', text: MEND });
  await tx.query({ name: 'recountSums', text: SUMS });
  return found;
}
