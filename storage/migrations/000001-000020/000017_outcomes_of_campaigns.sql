-- no transaction
create index concurrently if not exists pairings_settled_of_campaign
  on pairings (campaign_id, reason, settled_at desc, id desc) where state = 'done';
