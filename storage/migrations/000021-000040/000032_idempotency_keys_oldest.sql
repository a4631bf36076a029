-- no transaction
create index concurrently if not exists idempotency_keys_oldest on idempotency_keys (created_at);
