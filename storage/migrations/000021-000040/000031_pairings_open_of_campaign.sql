-- no transaction
drop index concurrently if exists pairings_open_of_campaign;
