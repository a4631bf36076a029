-- What a transaction left to do for one person, as it was too much for one: a sweep goes on with it page by page. Until
-- then nothing is sent wrongly, as each message is judged again when it is due.
create table unfinished (
  id bigint generated always as identity primary key,
  user_id bigint not null,
  -- exception: an event that may end what the person waits for; zone: their time zone changed.
  kind text not null check (kind in ('exception', 'zone')),
  event_received_at timestamptz,
  event_seq bigint,
  -- What waits with a greater id is still to be looked at.
  after_id bigint not null,
  tried_at timestamptz,
  check ((kind = 'exception') = (event_seq is not null)),
  check ((event_seq is null) = (event_received_at is null))
);
create index unfinished_oldest on unfinished (tried_at nulls first, id);
