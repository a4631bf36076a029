-- Since when the state of each subscription is what it is (SG-14). Of people from before it is read from the changes that
-- the stream keeps, by the next migration: not here, where the table is held.
alter table users add column email_subscription_since timestamptz;
alter table users add column push_subscription_since timestamptz;
