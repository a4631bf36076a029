-- no transaction
-- By bytes, whatever the collation of the database: ids that begin alike stand together, and a page of them is read alone.
create index concurrently if not exists users_external_id_prefix on users (external_id collate "C") where external_id is not null;
