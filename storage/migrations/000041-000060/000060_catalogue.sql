-- What was seen: names of events, products and attributes (`property` empty), and properties of events, and under the name ''
-- of purchases. About, not exact: each process tells what it saw from time to time, and one that is killed loses a minute.
create table catalogue (
  kind text not null check (kind in ('event', 'product', 'attribute')),
  name text collate "C" not null,
  property text collate "C" not null default '',
  -- Of its values, as JSON has them.
  types text[] not null default '{}',
  -- Up to five values that at least ten people had; never of addresses and names.
  samples jsonb not null default '[]',
  count bigint not null,
  -- When it happened, as its events say.
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- When it was told: what is told no more for long is forgotten.
  told_at timestamptz not null default statement_timestamp(),
  primary key (kind, name, property)
) with (fillfactor = 70);
create index catalogue_names on catalogue (kind, name) where property = '';
