-- Whether the time of the event was given without a fraction of a second: it happened some time within that second, and
-- is ordered against others of that second by arrival. What was recorded before stays as exact as it was taken to be.
alter table events add column whole_second boolean not null default false;
alter table pairings add column trigger_whole_second boolean not null default false;
