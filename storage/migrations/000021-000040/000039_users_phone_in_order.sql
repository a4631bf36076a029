-- no transaction
-- As of e-mail addresses: those who share a number in the order of their ids.
create index concurrently if not exists users_phone_in_order
  on users (translate(phone, ' ().-/', ''), id) where phone is not null;
