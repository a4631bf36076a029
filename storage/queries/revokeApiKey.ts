import type { Queryable } from '../pool.js';

const SQL = `
  update api_keys set revoked_at = coalesce(revoked_at, $2::timestamptz)
  where prefix = $1::text
  returning id
`;

/** Makes a key useless from now on; whether there was one of that prefix. Revoking twice keeps the first instant. */
export async function revokeApiKey(db: Queryable, prefix: string, revokedAt: string): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>(SQL, [prefix, revokedAt]);
  return rows.length > 0;
}
