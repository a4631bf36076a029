-- What a row asks for is asked of a target, of which a pairing is one kind. By its campaign, campaigns take turns.
alter table outbox rename column pairing_id to target_id;
alter table outbox add column target text not null default 'pairing' check (target in ('pairing'));
alter table outbox alter column target drop default;
alter table outbox add column campaign_id bigint;
delete from outbox o where not exists (select from pairings p where p.id = o.target_id);
update outbox o set campaign_id = p.campaign_id from pairings p where p.id = o.target_id;
alter table outbox alter column campaign_id set not null;
alter table outbox drop constraint outbox_pairing_id_kind_key;
alter table outbox add constraint outbox_asked_once unique (target_id, kind, target);
create index outbox_of_campaign on outbox (campaign_id, due_at, id) include (available_at) where kind <> 'close';
