import type { Queryable } from '../../pool.js';

export interface ListedApiKey {
  readonly id: number;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

const SQL = `
  select id, name, prefix, scopes, created_at as "createdAt", revoked_at as "revokedAt"
  from api_keys
  order by id
`;

/** Every key, oldest first, without anything that could be used as one. */
export async function listApiKeys(db: Queryable): Promise<readonly ListedApiKey[]> {
  const { rows } = await db.query<ListedApiKey>(SQL);
  return rows;
}
