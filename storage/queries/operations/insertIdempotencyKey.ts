import type { Queryable } from '../../pool.js';

// Waits for a concurrent transaction that inserts the same key; nothing is inserted when that one commits.
const SQL = `
  insert into idempotency_keys (api_key_id, key_hash, body_hash)
  values ($1::bigint, $2::bytea, $3::bytea)
  on conflict (api_key_id, key_hash) do nothing
`;

export interface IdempotencyKey {
  readonly apiKeyId: number;
  readonly keyHash: Buffer;
}

/** The first statement of a transaction. False: the key was used before. */
export async function insertIdempotencyKey(
  tx: Queryable,
  { apiKeyId, keyHash }: IdempotencyKey,
  bodyHash: Buffer,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'insertIdempotencyKey',
    text: SQL,
    values: [apiKeyId, keyHash, bodyHash],
  });
  return rowCount === 1;
}
