// The table of named secrets. Values are encrypted before they come here and are never read in clear by a statement.
import type { SealedSecret } from '../../../domain/secret/secretCipher.js';
import { instant, type Queryable } from '../../pool.js';

/** What may be shown of a secret: nothing of its value. */
export interface ListedSecret {
  readonly id: number;
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** `key/<name of an API key>` or `cli/<user>`. */
  readonly updatedBy: string;
}

export interface StoredSecret extends SealedSecret {
  readonly name: string;
}

const UPSERT = `
  insert into secrets (name, key_id, nonce, ciphertext, created_at, updated_at, updated_by)
  select $1::text, $2::text, $3::bytea, $4::bytea, $5::timestamptz, $5::timestamptz,
    coalesce($6::text, (select 'key/' || k.name from api_keys k where k.id = $7::bigint), 'unknown')
  where (select count(*) from secrets) < $8::int or exists (select from secrets s where s.name = $1::text)
  on conflict (name) do update set
    key_id = excluded.key_id, nonce = excluded.nonce, ciphertext = excluded.ciphertext,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by
  returning id, name, key_id as "keyId", created_at as "createdAt", updated_at as "updatedAt", updated_by as "updatedBy"
`;

export interface SecretChange {
  readonly now: number;
  readonly max: number;
  readonly apiKeyId: number | null;
  readonly actor: string | null;
}

/** Sets or replaces one; null when it is new and there are as many as there may be. */
export async function upsertSecret(
  tx: Queryable,
  { name, keyId, nonce, ciphertext }: StoredSecret,
  { now, max, apiKeyId, actor }: SecretChange,
): Promise<ListedSecret | null> {
  const { rows } = await tx.query<ListedSecret>({
    name: 'upsertSecret',
    text: UPSERT,
    values: [name, keyId, nonce, ciphertext, instant(now), actor, apiKeyId, max],
  });
  return rows[0] ?? null;
}

const PAGE = `
  select id, name, key_id as "keyId", created_at as "createdAt", updated_at as "updatedAt", updated_by as "updatedBy"
  from secrets
  where $1::bigint is null or id < $1::bigint
  order by id desc limit $2::int
`;

/** Newest first; `beforeId` null: from the newest. */
export async function listSecrets(
  db: Queryable,
  { beforeId, limit }: { readonly beforeId: number | null; readonly limit: number },
): Promise<readonly ListedSecret[]> {
  const { rows } = await db.query<ListedSecret>({ name: 'listSecrets', text: PAGE, values: [beforeId, limit] });
  return rows;
}

const REMOVE = `
  delete from secrets where name = $1::text
  returning id, name, key_id as "keyId", created_at as "createdAt", updated_at as "updatedAt", updated_by as "updatedBy"
`;

/** The secret as it was listed; null when there was none. */
export async function deleteSecret(tx: Queryable, name: string): Promise<ListedSecret | null> {
  const { rows } = await tx.query<ListedSecret>({ name: 'deleteSecret', text: REMOVE, values: [name] });
  return rows[0] ?? null;
}

const LOAD = `select name, key_id as "keyId", nonce, ciphertext from secrets where name = any($1::text[])`;

/** Those of the names that there are. */
export async function loadSecrets(db: Queryable, names: readonly string[]): Promise<readonly StoredSecret[]> {
  const { rows } = await db.query<StoredSecret>({ name: 'loadSecrets', text: LOAD, values: [names] });
  return rows;
}

const NAMES = `select name from secrets order by name`;

/** At most as many as there may be. */
export async function listSecretNames(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>({ name: 'listSecretNames', text: NAMES });
  return rows.map(({ name }) => name);
}
