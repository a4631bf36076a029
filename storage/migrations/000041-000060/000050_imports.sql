-- Came by an import: facts count it, no campaign hears it (docs/decisions/running/imports.md).
alter table events add column imported boolean not null default false;

-- A file that was or is being imported. Each batch raises `done` in the transaction that records it, so that a process that
-- dies leaves nobody out and imports nobody twice.
create table imports (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('users', 'events')),
  file_name text not null,
  file_sha256 bytea not null check (length(file_sha256) = 32),
  -- How its fields were read, as text: the rest of a file is read as its beginning was.
  mapping text not null,
  -- Events from before are received then: there are no partitions for earlier ones.
  history_from timestamptz not null,
  records bigint not null,
  -- How many of them are over, from the first on.
  done bigint not null default 0 check (done between 0 and records),
  recorded bigint not null default 0,
  refused bigint not null default 0,
  repeated bigint not null default 0,
  skipped bigint not null default 0,
  -- How much of the report of lines that were not imported is about these.
  report_bytes bigint not null default 0,
  started_by text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  check (finished_at is null or done = records)
);
create unique index imports_under_way on imports (file_sha256, kind) where finished_at is null;
create index imports_of_file on imports (file_sha256, kind, id);

-- Makes the partition of the month of an instant. Attached, not created in place, which would keep everybody from recording
-- and reading meanwhile.
create function ensure_event_month(instant timestamptz) returns void language plpgsql as $$
declare
  lower_bound timestamptz := date_trunc('month', instant at time zone 'UTC') at time zone 'UTC';
  upper_bound timestamptz := (date_trunc('month', instant at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  month_table text := 'events_' || to_char(lower_bound at time zone 'UTC', 'YYYYMM');
begin
  if to_regclass(month_table) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('rappel.ensure_partitions'));
  if to_regclass(month_table) is not null then
    return;
  end if;
  execute format('create table %I (like events including defaults including constraints)', month_table);
  execute format('alter table events attach partition %I for values from (%L) to (%L)', month_table, lower_bound, upper_bound);
end $$;
