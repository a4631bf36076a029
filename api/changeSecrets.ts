import { RappelError } from '../domain/errors.js';
import { keyText } from '../domain/schema/key.js';
import { formatPaths, toProblems } from '../domain/schema/problems.js';
import type { SecretCipher } from '../domain/secret/secretCipher.js';
import { secretValue } from '../domain/secret/secretValue.js';
import type { Pool } from '../storage/pool.js';
import { bumpCampaignsRevision } from '../storage/queries/campaigns/bumpCampaignsRevision.js';
import { insertAuditRow } from '../storage/queries/operations/insertAuditRow.js';
import { deleteSecret, type ListedSecret, loadSecrets, upsertSecret } from '../storage/queries/secrets/secrets.js';
import { findSecretUsers } from '../storage/queries/secrets/secretUsers.js';
import { withTransaction } from '../storage/withTransaction.js';

/** The changes of named secrets, each one transaction with its audit row, which tells the name and never the value. */
export interface Who {
  readonly now: number;
  /** The API key it was done with, or a command line's user. */
  readonly by: { readonly apiKeyId: number } | { readonly actor: string };
}

export const MAX_SECRETS = 1_000;
/** Campaigns that are named beside a secret; more are not read by anybody. */
export const MOST_USERS = 20;

/**
 * Stores a value, encrypted, under a name, whatever stood there before. Throws `invalid_definition` where the name or the value
 * is none, `unavailable` where no key is set, `conflict` where there are 1,000 secrets already.
 */
export async function setSecret(
  pool: Pool,
  cipher: SecretCipher | null,
  { name, value, who }: { readonly name: string; readonly value: unknown; readonly who: Who },
): Promise<ListedSecret> {
  const problems = formatPaths([
    ...toProblems(keyText.safeParse(name).error?.issues ?? [], name, ['name']),
    ...toProblems(secretValue.safeParse(value).error?.issues ?? [], value, ['value']),
  ]);
  if (problems.length > 0 || typeof value !== 'string')
    throw new RappelError('invalid_definition', 'The secret is not valid.', problems);
  const sealed = requireCipher(cipher).seal(name, value);
  const { now, by } = who;
  return await withTransaction(pool, async (tx) => {
    const [before] = await loadSecrets(tx, [name]);
    const change = { now, max: MAX_SECRETS, apiKeyId: null, actor: null, ...by };
    const stored = await upsertSecret(tx, { name, ...sealed }, change);
    if (stored === null) {
      throw new RappelError('conflict', `There are ${MAX_SECRETS} secrets, which is as many as there may be.`);
    }
    const told = { before: before === undefined ? null : { keyId: before.keyId }, after: { keyId: stored.keyId } };
    await insertAuditRow(tx, { at: now, ...by, action: 'secret.set', subject: `secret/${name}`, ...told });
    return stored;
  });
}

/** Deletes one that no active campaign names, and returns what was listed of it. Throws `not_found` or `conflict`. */
export async function removeSecret(pool: Pool, name: string, { now, by }: Who): Promise<ListedSecret> {
  return await withTransaction(pool, async (tx) => {
    // Launches bump it too: whoever is second sees what the first has done.
    await bumpCampaignsRevision(tx);
    const removed = await deleteSecret(tx, name);
    if (removed === null) throw new RappelError('not_found', `There is no secret '${name}'.`);
    const users = (await findSecretUsers(tx, [name], MOST_USERS)).get(name) ?? [];
    if (users.length > 0) throw stillUsed(name, users);
    const told = { before: { keyId: removed.keyId }, after: null };
    await insertAuditRow(tx, { at: now, ...by, action: 'secret.delete', subject: `secret/${name}`, ...told });
    return removed;
  });
}

function stillUsed(name: string, users: readonly string[]): RappelError {
  const campaigns = users.map((key) => `'${key}'`).join(', ');
  const more = users.length < MOST_USERS ? '' : ' and perhaps others';
  return new RappelError(
    'conflict',
    `Secret '${name}' is named by active campaigns: ${campaigns}${more}. Stop or edit them first.`,
  );
}

function requireCipher(cipher: SecretCipher | null): SecretCipher {
  if (cipher !== null) return cipher;
  throw new RappelError('unavailable', 'No secret can be set: the setting RAPPEL_SECRET_KEYS is missing.');
}
