-- Custom events are counted in the stream itself (docs/decisions/counters.md); purchases and sessions keep their counters.
delete from event_totals where kind = 'custom';
alter table event_totals drop constraint event_totals_kind_check;
alter table event_totals add constraint event_totals_kind_check check (kind in ('purchase', 'session'));
