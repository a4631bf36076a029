-- What is asked for is carried out by when it is due, not by when it was written: who is to get a message at once must not
-- wait behind thousands who are to get one tomorrow. The ends of runs, which nobody waits for, have an order of their own.
alter table outbox add column due_at timestamptz not null default clock_timestamp();
update outbox o set due_at = p.wake_at from pairings p where p.id = o.pairing_id and o.kind = 'start';
drop index outbox_available;
create index outbox_due on outbox (due_at, id) include (available_at) where kind <> 'close';
create index outbox_close on outbox (available_at, id) where kind = 'close';
