-- no transaction
create index concurrently if not exists user_aliases_name on user_aliases (name);
