-- Runs are named by the campaign's key. Those of pairings from before, started or not, keep the name with its number.
alter table pairings add column named_by_key boolean not null default false;
alter table pairings alter column named_by_key set default true;
