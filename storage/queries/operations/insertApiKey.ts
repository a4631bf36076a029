import type { Scope } from '../../../domain/apiKey.js';
import type { Queryable } from '../../pool.js';

export interface NewApiKey {
  readonly name: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly Scope[];
}

const SQL = `
  insert into api_keys (name, prefix, key_hash, scopes)
  values ($1::text, $2::text, $3::bytea, $4::text[])
  returning id
`;

/** Stores a key by its hash and returns its id; the key itself is never written. */
export async function insertApiKey(db: Queryable, { name, prefix, hash, scopes }: NewApiKey): Promise<number> {
  const { rows } = await db.query<{ id: number }>(SQL, [name, prefix, hash, scopes]);
  const [row] = rows;
  if (row === undefined) throw new Error('insert into api_keys returned no row');
  return row.id;
}
