-- What was done stays told: no role changes or empties the audit log, its owner included, short of taking the trigger away.
alter table audit_log add column actor text;

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log can only be added to' using errcode = '42501';
end
$$;

create trigger audit_log_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();
-- Replication and restored dumps switch ordinary triggers off.
alter table audit_log enable always trigger audit_log_append_only;

-- The settings of the last start of each kind of process: what the next start is compared with. Of a secret a slow hash
-- with a salt, in the form `salt:hash`.
create table last_settings (
  process text primary key,
  settings jsonb not null
);
