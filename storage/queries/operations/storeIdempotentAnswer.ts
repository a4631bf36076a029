import type { Queryable } from '../../pool.js';
import type { IdempotencyKey } from './insertIdempotencyKey.js';

const SQL = `
  update idempotency_keys set status = $3::int, answer = $4::jsonb
  where api_key_id = $1::bigint and key_hash = $2::bytea
`;

export async function storeIdempotentAnswer(
  tx: Queryable,
  { apiKeyId, keyHash }: IdempotencyKey,
  { status, body }: { readonly status: number; readonly body: object },
): Promise<void> {
  await tx.query({
    name: 'storeIdempotentAnswer',
    text: SQL,
    values: [apiKeyId, keyHash, status, JSON.stringify(body)],
  });
}
