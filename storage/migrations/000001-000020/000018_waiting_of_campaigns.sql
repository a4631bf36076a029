-- no transaction
create index concurrently if not exists pairings_waiting_of_campaign
  on pairings (campaign_id, wake_at, id) where state in ('waiting', 'sending');
