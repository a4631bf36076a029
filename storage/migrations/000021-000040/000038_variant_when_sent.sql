-- A pairing whose campaign changed its shares while it waited is sent another variant than it entered with: it then counts
-- under that one.
create or replace function count_moved_pairings() returns trigger language plpgsql as $$
begin
  -- A claim, a hold and a new plan change no count, unless a claim is of another variant.
  if not exists (select from new_rows where state in ('parked', 'done'))
    and not exists (select from old_rows where state in ('parked', 'done'))
    and not exists (select from old_rows o join new_rows n on n.id = o.id where n.variant <> o.variant) then
    return null;
  end if;
  insert into campaign_counts as c (campaign_id, generation, version, variant, day, metric, reason, shard, n)
  select p.campaign_id, p.generation, p.campaign_version, p.variant, f.day, f.metric, f.reason, counts_shard(), sum(p.sign)
  from (select -1 as sign, o.* from old_rows o union all select 1, n.* from new_rows n) p
  cross join lateral pairing_counts(p.state, p.outcome, p.reason, p.created_at, p.parked_at, p.settled_at) f
  group by 1, 2, 3, 4, 5, 6, 7
  having sum(p.sign) <> 0
  on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
  do update set n = c.n + excluded.n;
  return null;
end $$;
