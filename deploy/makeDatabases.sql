-- Run by psql as the administrator before anything else starts, harmless when repeated: the databases, and for each a role
-- that owns it and can do nothing outside it. A password that was changed in .env is changed here.
-- Fails on a server whose first superuser is `rappel` itself: that one cannot be made an ordinary role (docs/production.md).
\set ON_ERROR_STOP on
\getenv rappel_password RAPPEL_DATABASE_PASSWORD
\getenv temporal_password TEMPORAL_DATABASE_PASSWORD
-- A statement that fails would be logged with the password in it.
set log_min_error_statement = panic;

select format('create role %I', name)
from unnest(array['rappel', 'temporal']) as name
where not exists (select from pg_roles where rolname = name)
\gexec

alter role rappel login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'rappel_password';
alter role temporal login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'temporal_password';

select format('create database %I owner %I', name, owner)
from (values ('rappel', 'rappel'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) as wanted (name, owner)
where not exists (select from pg_database where datname = name)
\gexec

-- Otherwise every role may connect to every database.
revoke all on database rappel, temporal, temporal_visibility, postgres, template1 from public;
