-- no transaction
create index concurrently if not exists pairings_open_in_order
  on pairings (campaign_id, generation, id) where state in ('waiting', 'sending', 'parked');
