import type { JsonObject } from '../../../domain/json.js';
import type { Queryable } from '../../pool.js';
import type { IdempotencyKey } from './insertIdempotencyKey.js';

export interface StoredAnswer {
  readonly body_hash: Buffer;
  readonly status: number;
  readonly answer: JsonObject;
}

const SQL = `
  select body_hash, status, answer from idempotency_keys
  where api_key_id = $1::bigint and key_hash = $2::bytea and answer is not null
`;

/** The answer stored with a key; committed together with the key, so never missing where the key is found. */
export async function findIdempotencyKey(tx: Queryable, { apiKeyId, keyHash }: IdempotencyKey): Promise<StoredAnswer> {
  const { rows } = await tx.query<StoredAnswer>({ name: 'findIdempotencyKey', text: SQL, values: [apiKeyId, keyHash] });
  const [row] = rows;
  if (row === undefined) throw new Error('An idempotency key exists without its answer');
  return row;
}
