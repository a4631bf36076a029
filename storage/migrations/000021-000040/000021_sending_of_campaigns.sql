-- no transaction
create index concurrently if not exists pairings_sending_of_campaign
  on pairings (campaign_id, generation) where state = 'sending';
