-- How many people of a campaign met its trigger, were turned away, entered, are parked and ended how, kept by the
-- transaction that makes the change: a scan of the pairings costs more with every message ever sent.

-- What a turned-away trigger met; null: recorded before these were kept.
alter table rejections add column generation integer, add column version integer;

create table campaign_counts (
  campaign_id bigint not null,
  -- Of the pairing, or of the campaign when it turned somebody away; 0: not known.
  generation integer not null,
  version integer not null,
  step text collate "C" not null default '',
  variant text collate "C" not null default '',
  channel text collate "C" not null default '',
  -- UTC. '-infinity': the sum of all days in shard 0.
  day date not null,
  -- `parked` is how many are parked; the others only grow. Who waits is who entered and neither ended nor is parked.
  metric text collate "C" not null check (
    metric in ('turned_away', 'entered', 'parked', 'sent', 'cancelled', 'dropped', 'failed', 'unknown')
  ),
  reason text collate "C" not null default '',
  -- 1 to 15: written by whoever holds that shard's lock; 0: what has been folded.
  shard smallint not null check (shard between 0 and 15),
  n bigint not null,
  primary key (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
) with (fillfactor = 50);
create index campaign_counts_unfolded on campaign_counts (shard) where shard > 0;

-- A shard that no other transaction writes to until this one ends, the same at each call within one. Nobody waits for
-- another's commit, and since one transaction has one shard, no two can wait for each other. With all fifteen taken it
-- waits, which is last in the order of locks: who holds a shard has locked its people before.
create function counts_shard() returns smallint language plpgsql as $$
declare
  held text := current_setting('rappel.counts_shard', true);
  found_shard integer;
begin
  if held <> '' then
    return held::smallint;
  end if;
  for i in 0 .. 14 loop
    found_shard := 1 + (pg_backend_pid() + i) % 15;
    if pg_try_advisory_xact_lock(7276, found_shard) then
      perform set_config('rappel.counts_shard', found_shard::text, true);
      return found_shard;
    end if;
  end loop;
  found_shard := 1 + pg_backend_pid() % 15;
  perform pg_advisory_xact_lock(7276, found_shard);
  perform set_config('rappel.counts_shard', found_shard::text, true);
  return found_shard;
end $$;

-- What one pairing counts as.
create function pairing_counts(
  state text, outcome text, end_reason text, created_at timestamptz, parked_at timestamptz, settled_at timestamptz
) returns table (metric text, reason text, day date) language sql immutable as $$
  select 'entered', '', (created_at at time zone 'UTC')::date
  union all
  select 'parked', '', (coalesce(parked_at, created_at) at time zone 'UTC')::date where state = 'parked'
  union all
  select outcome, end_reason, (settled_at at time zone 'UTC')::date where state = 'done'
$$;

-- The same counts from the pairings and the rejections themselves: what the kept ones must equal.
create view recounted as
  select campaign_id, generation, campaign_version as version, variant, f.day, f.metric, f.reason, count(*) as n
  from pairings p
  cross join lateral pairing_counts(p.state, p.outcome, p.reason, p.created_at, p.parked_at, p.settled_at) f
  group by 1, 2, 3, 4, 5, 6, 7
  union all
  select campaign_id, coalesce(generation, 0), coalesce(version, 0), '', (recorded_at at time zone 'UTC')::date,
    'turned_away', reason, count(*)
  from rejections
  group by 1, 2, 3, 5, 7;

create function count_new_pairings() returns trigger language plpgsql as $$
begin
  insert into campaign_counts as c (campaign_id, generation, version, variant, day, metric, reason, shard, n)
  select p.campaign_id, p.generation, p.campaign_version, p.variant, f.day, f.metric, f.reason, counts_shard(), count(*)
  from new_rows p
  cross join lateral pairing_counts(p.state, p.outcome, p.reason, p.created_at, p.parked_at, p.settled_at) f
  group by 1, 2, 3, 4, 5, 6, 7
  on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
  do update set n = c.n + excluded.n;
  return null;
end $$;

create function count_moved_pairings() returns trigger language plpgsql as $$
begin
  -- A claim, a hold and a new plan change no count.
  if not exists (select from new_rows where state in ('parked', 'done'))
    and not exists (select from old_rows where state in ('parked', 'done')) then
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

create function count_rejections() returns trigger language plpgsql as $$
begin
  insert into campaign_counts as c (campaign_id, generation, version, day, metric, reason, shard, n)
  select campaign_id, coalesce(generation, 0), coalesce(version, 0), (recorded_at at time zone 'UTC')::date,
    'turned_away', reason, counts_shard(), count(*)
  from new_rows
  group by 1, 2, 3, 4, 6
  on conflict (campaign_id, shard, day, generation, version, metric, reason, variant, channel, step)
  do update set n = c.n + excluded.n;
  return null;
end $$;

create trigger count_new_pairings after insert on pairings
  referencing new table as new_rows for each statement execute function count_new_pairings();
create trigger count_moved_pairings after update on pairings
  referencing old table as old_rows new table as new_rows for each statement execute function count_moved_pairings();
create trigger count_rejections after insert on rejections
  referencing new table as new_rows for each statement execute function count_rejections();
