-- Audiences with a name of their own, of which every change makes a version.
create table segments (
  id bigint generated always as identity primary key,
  key text not null unique check (key ~ '^[a-z0-9][a-z0-9_-]{0,99}$'),
  name text not null,
  tags text[] not null,
  -- Whether its size is kept each day.
  track_size boolean not null,
  -- The segments that its audience names (SG-05).
  segment_keys text[] not null,
  state text not null default 'active' check (state in ('active', 'archived')),
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index segments_naming on segments using gin (segment_keys);

create table segment_versions (
  segment_id bigint not null references segments,
  version int not null,
  definition jsonb not null,
  definition_hash text not null,
  created_at timestamptz not null,
  primary key (segment_id, version)
);

create table segment_sizes (
  segment_id bigint not null references segments,
  day date not null,
  people bigint not null,
  -- Estimated, not counted.
  about boolean not null,
  primary key (segment_id, day)
);

-- The segments that the audience of the current version names, and what all of them stand for, by key, those that they name
-- themselves included; null where there is none. A change of a segment changes the campaigns, and so their revision.
alter table campaigns add column segment_keys text[] not null default '{}';
alter table campaigns add column segments jsonb not null default '{}';
alter table campaigns add column tags text[] not null default '{}';
create index campaigns_naming on campaigns using gin (segment_keys);
