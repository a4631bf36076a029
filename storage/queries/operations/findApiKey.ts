import { isScope, type Scope } from '../../../domain/apiKey.js';
import type { Queryable } from '../../pool.js';

export interface StoredApiKey {
  readonly id: number;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: readonly Scope[];
  readonly revokedAt: number | null;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly key_hash: Buffer;
  readonly scopes: readonly string[];
  readonly revoked_at: number | null;
}

const SQL = `
  select id, name, key_hash, scopes, revoked_at
  from api_keys
  where prefix = $1::text
`;

/** The key of that prefix, revoked ones included; whether it is the caller's is for `isSameKey` to say. */
export async function findApiKey(db: Queryable, prefix: string): Promise<StoredApiKey | null> {
  const { rows } = await db.query<Row>({ name: 'find_api_key', text: SQL, values: [prefix] });
  const [row] = rows;
  if (row === undefined) return null;
  const { id, name, key_hash: hash, revoked_at: revokedAt } = row;
  // A scope that this version does not know gives nothing.
  return { id, name, hash, scopes: row.scopes.filter(isScope), revokedAt };
}
