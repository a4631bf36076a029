-- SU-07: the global e-mail state is one of the address. Kept once, it is read before each send, also while profiles that
-- share the address are still to follow. Addresses of which nothing was ever said have no row.
create table address_states (
  -- As the index users_email_key has it.
  key text collate "C" primary key,
  state text not null check (state in ('opted_in', 'subscribed', 'unsubscribed'))
);
insert into address_states (key, state)
select lower(email collate "C"),
  case when bool_or(email_subscription = 'unsubscribed') then 'unsubscribed' else 'opted_in' end
from users
where email is not null and email_subscription <> 'subscribed'
group by 1;

-- What the profiles of an address that many share have still to follow: of one field only what was said last.
create table address_changes (
  id bigint generated always as identity primary key,
  key text collate "C" not null,
  name text not null,
  change jsonb not null,
  -- People with a greater id are still to follow.
  after_id bigint not null default 0,
  tried_at timestamptz,
  unique (key, name)
);
create index address_changes_oldest on address_changes (tried_at nulls first, id);
