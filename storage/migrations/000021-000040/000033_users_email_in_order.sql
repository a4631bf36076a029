-- no transaction
-- Those who share an address in the order of their ids: a page of them is read without the others.
create index concurrently if not exists users_email_in_order
  on users (lower(email collate "C"), id) where email is not null;
