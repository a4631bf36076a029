-- Addresses are stored as written and compared by their key; `emailKey` and `phoneKey` of domain/profile/contact.ts are
-- the twins of these expressions. Collation C lowers A to Z only, in every database alike.
create index users_email_key on users (lower(email collate "C")) where email is not null;
create index users_phone_key on users (translate(phone, ' ().-/', '')) where phone is not null;
drop index users_email;
drop index users_phone;
analyze users;

-- The global e-mail state follows the address: whoever shares one that is unsubscribed is so from now on, with the event
-- that tells the change. `updated_at` stays, so that an address means the same profile as before.
select ensure_partitions(now());
with unsubscribed as (
  select distinct lower(email collate "C") as key from users where email is not null and email_subscription = 'unsubscribed'
), changed as (
  update users u set email_subscription = 'unsubscribed', version = u.version + 1
  from unsubscribed k, users before
  where lower(u.email collate "C") = k.key and u.email_subscription <> 'unsubscribed' and before.id = u.id
  returning u.id, before.email_subscription as state
)
insert into events (seq, received_at, user_id, kind, name, time, properties)
select nextval('events_seq'), now(), id, 'attributes', '', now(),
  jsonb_build_object('email_subscribe', jsonb_build_array(state, 'unsubscribed'))
from changed;
