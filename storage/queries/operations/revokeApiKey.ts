import type { Queryable } from '../../pool.js';

const SQL = `
  with known as (select id, revoked_at from api_keys where prefix = $1::text for update)
  update api_keys k set revoked_at = coalesce(k.revoked_at, $2::timestamptz)
  from known where k.id = known.id
  returning known.revoked_at is not null as "isRevokedBefore"
`;

/** Makes a key useless from now on. Revoking twice keeps the first instant. */
export async function revokeApiKey(
  db: Queryable,
  prefix: string,
  revokedAt: string,
): Promise<'revoked' | 'revoked before' | 'unknown'> {
  const { rows } = await db.query<{ isRevokedBefore: boolean }>(SQL, [prefix, revokedAt]);
  const [row] = rows;
  if (row === undefined) return 'unknown';
  return row.isRevokedBefore ? 'revoked before' : 'revoked';
}
