import type { Queryable } from '../../pool.js';
import type { StoredSecret } from './secrets.js';

export interface OldSecret extends StoredSecret {
  readonly id: number;
}

const SELECT = `
  select id, name, key_id as "keyId", nonce, ciphertext from secrets
  where id > $1::bigint and key_id <> $2::text
  order by id limit $3::int
  for update
`;

/** The next of those that are not encrypted with the key, locked: whoever sets one meanwhile waits. */
export async function lockOldSecrets(
  tx: Queryable,
  { afterId, keyId, limit }: { readonly afterId: number; readonly keyId: string; readonly limit: number },
): Promise<readonly OldSecret[]> {
  const { rows } = await tx.query<OldSecret>({ name: 'lockOldSecrets', text: SELECT, values: [afterId, keyId, limit] });
  return rows;
}

const UPDATE = `
  update secrets s set key_id = r.key_id, nonce = decode(r.nonce, 'hex'), ciphertext = decode(r.ciphertext, 'hex')
  from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as r(id, key_id, nonce, ciphertext)
  where s.id = r.id
`;

/** Stores the same values as another key has encrypted them. */
export async function replaceSealed(tx: Queryable, secrets: readonly OldSecret[]): Promise<void> {
  const hex = (bytes: Buffer) => bytes.toString('hex');
  await tx.query({
    name: 'replaceSealed',
    text: UPDATE,
    values: [
      secrets.map(({ id }) => id),
      secrets.map(({ keyId }) => keyId),
      secrets.map(({ nonce }) => hex(nonce)),
      secrets.map(({ ciphertext }) => hex(ciphertext)),
    ],
  });
}

const COUNT = `select key_id as "keyId", count(*)::int as count from secrets group by key_id order by key_id`;

/** How many secrets each key id has encrypted. */
export async function countSecretsByKey(
  db: Queryable,
): Promise<readonly { readonly keyId: string; readonly count: number }[]> {
  const { rows } = await db.query<{ keyId: string; count: number }>({ name: 'countSecretsByKey', text: COUNT });
  return rows;
}
