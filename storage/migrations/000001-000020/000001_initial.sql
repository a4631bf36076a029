-- People ---------------------------------------------------------------------------------------------------

create table users (
  id bigint generated always as identity primary key,
  external_id text unique check (length(external_id) between 1 and 255),
  email text check (length(email) <= 255),
  phone text check (length(phone) <= 255),
  time_zone text,
  email_subscription text not null default 'subscribed' check (email_subscription in ('opted_in', 'subscribed', 'unsubscribed')),
  push_subscription text not null default 'subscribed' check (push_subscription in ('opted_in', 'subscribed', 'unsubscribed')),
  attributes jsonb not null default '{}',
  -- When the first address came, ever: "e-mail added" fires once per profile (AB-07).
  email_added_at timestamptz,
  -- Raised by every profile change, so that a message rendered from an older one is rendered again.
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index users_email on users (email) where email is not null;
create index users_phone on users (phone) where phone is not null;

create table user_aliases (
  label text not null,
  name text not null,
  user_id bigint not null references users on delete cascade,
  primary key (label, name),
  unique (user_id, label)
);

-- The stream -----------------------------------------------------------------------------------------------

create sequence events_seq;

create table events (
  seq bigint not null,
  received_at timestamptz not null,
  user_id bigint not null,
  kind text not null check (kind in ('custom', 'purchase', 'session', 'attributes', 'received', 'exceptionFired', 'interaction', 'converted')),
  name text not null,
  time timestamptz not null,
  properties jsonb not null,
  primary key (received_at, seq),
  -- Lets every "since t" query add received_at >= t and so skip the older partitions.
  check (time <= received_at)
) partition by range (received_at);
create index events_of_user on events (user_id, kind, name, time);

create table event_keys (
  source_id text primary key,
  received_at timestamptz not null
);

create table event_totals (
  user_id bigint not null references users on delete cascade,
  kind text not null check (kind in ('custom', 'purchase', 'session')),
  name text not null,
  count bigint not null,
  amount double precision not null default 0,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (user_id, kind, name)
);

-- Campaigns ------------------------------------------------------------------------------------------------

create table campaigns (
  id bigint generated always as identity primary key,
  key text not null unique check (key ~ '^[a-z0-9][a-z0-9_-]{0,99}$'),
  name text not null,
  state text not null default 'draft' check (state in ('draft', 'active', 'stopped', 'archived')),
  version integer not null default 1,
  generation integer not null default 1,
  active_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (state <> 'active' or active_since is not null)
);

create table campaign_versions (
  campaign_id bigint not null references campaigns,
  version integer not null,
  definition jsonb not null,
  definition_hash text not null,
  created_at timestamptz not null,
  primary key (campaign_id, version)
);

-- Campaigns whose edit calls for holds to be decided again, until the sweep has been through them.
create table hold_reviews (
  campaign_id bigint primary key references campaigns,
  requested_at timestamptz not null default clock_timestamp(),
  -- Every transaction that read the campaign as it was has a number below; null until first looked at.
  barrier xid8,
  -- How far the review has come, by pairing id.
  after_id bigint not null default 0
);

-- One row: a different value makes every process reload its campaign index before it matches.
create table campaigns_revision (
  singleton boolean primary key default true check (singleton),
  revision bigint not null
);
insert into campaigns_revision (revision) values (1);

-- One row, made with the database: what tells its messages from those of every other installation, whose pairings
-- count from 1 too. Receivers remember ids of messages.
create table installation (
  singleton boolean primary key default true check (singleton),
  id text not null check (id ~ '^[0-9a-f]{12}$')
);
insert into installation (id) values (substr(replace(gen_random_uuid()::text, '-', ''), 1, 12));

-- Named circles that people enter; they change with the campaigns' revision.
create table locations (
  id bigint generated always as identity primary key,
  key text not null unique check (key ~ '^[a-z0-9][a-z0-9_-]{0,99}$'),
  name text not null,
  latitude double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180),
  radius_m integer not null check (radius_m between 10 and 100000),
  created_at timestamptz not null
);

-- Pairings and the send ledger -----------------------------------------------------------------------------

create table pairings (
  id bigint generated always as identity primary key,
  campaign_id bigint not null references campaigns,
  user_id bigint not null,
  occurrence_key text not null,
  campaign_version integer not null,
  generation integer not null,
  variant text not null,
  state text not null check (state in ('waiting', 'sending', 'available', 'parked', 'done')),
  outcome text check (outcome in ('sent', 'cancelled', 'dropped', 'failed', 'unknown')),
  reason text,
  -- The values seen by the gate that ended it.
  evidence jsonb not null default '{}',
  trigger_kind text not null,
  trigger_name text not null,
  trigger_time timestamptz not null,
  trigger_seq bigint not null,
  trigger_properties jsonb not null,
  chain_depth smallint not null default 0,
  due_at timestamptz not null,
  -- The end of the current hold; equal to due_at until there is one.
  wake_at timestamptz not null,
  created_at timestamptz not null,
  -- When its rules or template threw, the last time; null: never, or retried since.
  parked_at timestamptz,
  settled_at timestamptz,
  unique (campaign_id, user_id, occurrence_key),
  check ((state = 'done') = (outcome is not null)),
  check ((outcome is null) = (reason is null) or state = 'parked'),
  check ((state = 'done') = (settled_at is not null))
);
create index pairings_of_user on pairings (user_id, id);
create index pairings_open on pairings (wake_at) where state in ('waiting', 'sending');
create index pairings_open_of_campaign on pairings (campaign_id, generation) where state in ('waiting', 'sending', 'parked');
create index pairings_parked on pairings (id) where state = 'parked';
create index pairings_settled on pairings (settled_at desc, id desc) where state = 'done';

create table messages (
  id bigint generated always as identity primary key,
  pairing_id bigint not null references pairings,
  campaign_id bigint not null,
  user_id bigint not null,
  channel text not null,
  variant text not null,
  send_key text not null unique,
  -- claimed: dispatch has begun; released: surely not accepted, may be claimed again; the rest are outcomes.
  state text not null check (state in ('claimed', 'released', 'sent', 'failed', 'unknown', 'unreachable', 'aborted', 'cancelled')),
  keyed boolean not null,
  -- Raised by each claim; settling is fenced by it.
  attempt integer not null default 0,
  refusals integer not null default 0,
  resends integer not null default 0,
  lease_until timestamptz,
  -- The rendered request, kept until the message is settled.
  request jsonb,
  reference text,
  code text,
  detail text,
  claimed_at timestamptz,
  receipt_at timestamptz,
  created_at timestamptz not null,
  unique (pairing_id, channel),
  check ((state = 'sent') = (receipt_at is not null)),
  check (state <> 'claimed' or (lease_until is not null and request is not null))
);
create index messages_in_doubt on messages (user_id, campaign_id) where state in ('claimed', 'unknown');

create table receipts (
  campaign_id bigint not null,
  user_id bigint not null references users on delete cascade,
  count integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (user_id, campaign_id)
);

-- Triggers that matched but did not enter, with the reason; insert-only, kept 30 days.
create table rejections (
  id bigint generated always as identity,
  recorded_at timestamptz not null,
  campaign_id bigint not null,
  user_id bigint not null,
  event_seq bigint not null,
  event_time timestamptz not null,
  reason text not null,
  evidence jsonb not null,
  primary key (recorded_at, id)
) partition by range (recorded_at);
create index rejections_of_user on rejections (user_id, campaign_id, recorded_at);

-- Partitions exist for the day or month of `around` and the given number ahead; safe to call at any time, by anyone.
create function ensure_partitions(around timestamptz) returns void language plpgsql as $$
declare
  step record;
  lower_bound timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('rappel.ensure_partitions'));
  for step in
    select 'events' as parent, 'month' as unit, 4 as periods, 'YYYYMM' as suffix
    union all
    select 'rejections', 'day', 40, 'YYYYMMDD'
  loop
    for i in 0 .. step.periods - 1 loop
      lower_bound := date_trunc(step.unit, around at time zone 'UTC') at time zone 'UTC';
      lower_bound := (lower_bound at time zone 'UTC' + (i::text || ' ' || step.unit)::interval) at time zone 'UTC';
      execute format(
        'create table if not exists %I partition of %I for values from (%L) to (%L)',
        step.parent || '_' || to_char(lower_bound at time zone 'UTC', step.suffix),
        step.parent,
        lower_bound,
        (lower_bound at time zone 'UTC' + ('1 ' || step.unit)::interval) at time zone 'UTC'
      );
    end loop;
  end loop;
end $$;

-- Effects, keys, accounts ----------------------------------------------------------------------------------

create table outbox (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('start', 'exception', 'rescheduled', 'wake')),
  pairing_id bigint not null,
  attempts integer not null default 0,
  -- A claim lasts until then; infrastructure time, by the database's clock.
  available_at timestamptz not null default clock_timestamp(),
  last_error text,
  created_at timestamptz not null default clock_timestamp(),
  unique (pairing_id, kind)
);
create index outbox_available on outbox (available_at, id);

create table api_keys (
  id bigint generated always as identity primary key,
  name text not null,
  -- The first characters, to find the row; the key itself is stored as a SHA-256 only.
  prefix text not null unique,
  key_hash bytea not null check (length(key_hash) = 32),
  scopes text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz
);

create table idempotency_keys (
  api_key_id bigint not null references api_keys,
  key_hash bytea not null,
  body_hash bytea not null,
  status integer,
  answer jsonb,
  created_at timestamptz not null default clock_timestamp(),
  primary key (api_key_id, key_hash)
);

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  api_key_id bigint,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb
);

-- A channel whose own host or credentials are wrong: its pairings hold until a check passes.
create table channel_suspensions (
  channel text primary key,
  code text not null,
  detail text not null,
  failures integer not null,
  since timestamptz not null,
  retry_at timestamptz not null
);
