-- The difference, of one snapshot, between what there is and what has been counted since the triggers are there:
-- nobody has to stop writing for it.
insert into campaign_counts as c (campaign_id, generation, version, variant, day, metric, reason, shard, n)
select campaign_id, generation, version, variant, day, metric, reason, counts_shard(), r.n - coalesce(k.n, 0)
from recounted r
left join (
  select campaign_id, generation, version, variant, day, metric, reason, sum(n) as n
  from campaign_counts group by 1, 2, 3, 4, 5, 6, 7
) k using (campaign_id, generation, version, variant, day, metric, reason)
where r.n <> coalesce(k.n, 0)
on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
do update set n = c.n + excluded.n;
