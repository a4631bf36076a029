// The commands about API keys. A key is shown once, when it is made; afterwards only its prefix is known.
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { generateApiKey, isScope, KEY_RANDOM_BYTES, SCOPES, type Scope } from '../domain/apiKey.js';
import { instant, type Pool, type Queryable } from '../storage/pool.js';
import { insertApiKey } from '../storage/queries/operations/insertApiKey.js';
import { insertAuditRow } from '../storage/queries/operations/insertAuditRow.js';
import { listApiKeys } from '../storage/queries/operations/listApiKeys.js';
import { revokeApiKey } from '../storage/queries/operations/revokeApiKey.js';
import { withTransaction } from '../storage/withTransaction.js';
import { UsageError } from './usageError.js';

export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** For the audit log. */
export interface Act {
  readonly actor: string;
  readonly now: number;
}

/** Makes a key and returns its text, which nothing keeps. */
export async function createKey(pool: Pool, { name, scopes }: KeyRequest, { actor, now }: Act): Promise<string> {
  const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
  await withTransaction(pool, async (tx) => {
    await insertApiKey(tx, { name, prefix, hash, scopes });
    const after = { name, scopes };
    await insertAuditRow(tx, { at: now, actor, action: 'key.create', subject: `key/${prefix}`, before: null, after });
  });
  return key;
}

/** `track,explain`, with commas or spaces, or `all`. */
export function parseScopes(text: string): readonly Scope[] {
  if (text.trim() === 'all') return SCOPES;
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const scopes = words.filter(isScope);
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined) throw new UsageError(`There is no scope '${unknown}': ${SCOPES.join(', ')}, or all`);
  if (scopes.length === 0) throw new UsageError(`A key needs at least one scope: ${SCOPES.join(', ')}, or all`);
  return [...new Set(scopes)];
}

/** One line a key, oldest first. */
export async function describeKeys(db: Queryable): Promise<readonly string[]> {
  const keys = await listApiKeys(db);
  return keys.map(({ prefix, name, scopes, createdAt, revokedAt }) => {
    const state = revokedAt === null ? '' : `  revoked ${instant(revokedAt)}`;
    return `${prefix}  ${name}  [${scopes.join(' ')}]  made ${instant(createdAt)}${state}`;
  });
}

/** Accepts the prefix or the whole key. */
export async function revokeKey(pool: Pool, key: string, { actor, now }: Act): Promise<void> {
  const [prefix = key] = /^rpl_[\w-]{8}/.exec(key) ?? [];
  await withTransaction(pool, async (tx) => {
    const result = await revokeApiKey(tx, prefix, instant(now));
    if (result === 'unknown') throw new UsageError(`There is no key ${prefix}: rappel keys list`);
    if (result === 'revoked before') return;
    const [before, after] = [{ revokedAt: null }, { revokedAt: instant(now) }];
    await insertAuditRow(tx, { at: now, actor, action: 'key.revoke', subject: `key/${prefix}`, before, after });
  });
}

/** Who uses the command line, as the system knows them. */
export function commandLine(): string {
  try {
    return `cli/${userInfo().username}`;
  } catch {
    // A user without a name, as in many containers.
    return `cli/${process.getuid?.() ?? 'unknown'}`;
  }
}
