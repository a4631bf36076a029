-- UT-01: external ids of up to 987 bytes, as the reference product takes them.
alter table users drop constraint users_external_id_check;
alter table users add constraint users_external_id_check check (octet_length(external_id) between 1 and 987) not valid;
alter table users validate constraint users_external_id_check;
