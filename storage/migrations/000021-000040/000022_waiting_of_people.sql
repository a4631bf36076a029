-- no transaction
create index concurrently if not exists pairings_waiting_of_user
  on pairings (user_id, campaign_id) where state = 'waiting';
