-- Which revision a campaign was last changed by, so that a process reads again what changed and nothing else. Set by the
-- database, so that no change of a campaign or of its definition, by hand included, goes unnoticed.
alter table campaigns add column revision bigint not null default 0;
create index campaigns_changed on campaigns (revision);

create function campaign_changed() returns trigger language plpgsql as $$
begin
  update campaigns_revision set revision = revision + 1 returning revision into new.revision;
  return new;
end $$;
create trigger campaign_changed before insert or update on campaigns
  for each row execute function campaign_changed();

create function campaign_version_changed() returns trigger language plpgsql as $$
begin
  update campaigns set revision = 0 where id = new.campaign_id;
  return null;
end $$;
create trigger campaign_version_changed after update on campaign_versions
  for each row execute function campaign_version_changed();
