-- Failures of ours in a row at one attempt to send (not what a provider answers, not a database that is away):
-- {code, wakeAt, count}. Five of one kind park the pairing; a new hold begins a new count.
alter table pairings add column own_failure jsonb;
