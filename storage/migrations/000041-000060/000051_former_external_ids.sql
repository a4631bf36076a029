-- External ids that people had before they were renamed. Each names its person until it is removed, so that programs that know
-- the old one only go on to work.
create table former_external_ids (
  external_id text primary key check (octet_length(external_id) between 1 and 987),
  user_id bigint not null references users on delete cascade
);
create index former_external_ids_of_user on former_external_ids (user_id);
