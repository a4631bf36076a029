// The commands about named secrets. No command prints a value, and a value is read from standard input alone: what stands on a
// command line is seen by every process and kept in the shell's history.
import { setSecret } from '../api/changeSecrets.js';
import { RappelError } from '../domain/errors.js';
import type { SecretCipher } from '../domain/secret/secretCipher.js';
import { instant, type Pool } from '../storage/pool.js';
import { insertAuditRow } from '../storage/queries/operations/insertAuditRow.js';
import {
  countSecretsByKey,
  lockOldSecrets,
  type OldSecret,
  replaceSealed,
} from '../storage/queries/secrets/rotateSecrets.js';
import { listSecrets } from '../storage/queries/secrets/secrets.js';
import { withTransaction } from '../storage/withTransaction.js';
import type { Act } from './keys.js';
import { UsageError } from './usageError.js';

const PAGE = 100;
/** More than a value may have, so that one that is too long is told so. */
const MOST_INPUT = 10_000;

/** Stores the value; a line break at its end, which editors and `echo` add, is none of it. */
export async function storeSecret(
  pool: Pool,
  cipher: SecretCipher | null,
  { name, input, act }: { readonly name: string; readonly input: string; readonly act: Act },
): Promise<string> {
  const { actor, now } = act;
  try {
    const value = input.replace(/\r?\n$/, '');
    const { keyId } = await setSecret(pool, cipher, { name, value, who: { now, by: { actor } } });
    return `Set ${name}, encrypted with ${keyId}`;
  } catch (error) {
    if (!(error instanceof RappelError)) throw error;
    const [problem] = error.problems;
    throw new UsageError(
      problem === undefined ? error.message : `${problem.path} ${problem.message}: ${problem.allowed}`,
    );
  }
}

/** All of a stream as text, as far as a value goes. */
export async function readInput(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const part of stream) {
    text += part.toString();
    if (text.length > MOST_INPUT) break;
  }
  return text;
}

/** One line a secret, newest first. */
export async function describeSecrets(pool: Pool): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let beforeId: number | null = null; ; ) {
    const page = await listSecrets(pool, { beforeId, limit: PAGE });
    for (const { name, keyId, updatedAt, updatedBy } of page) {
      lines.push(`${name}  encrypted with ${keyId}  set ${instant(updatedAt)} by ${updatedBy}`);
    }
    beforeId = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return lines;
  }
}

export interface Rotated {
  readonly replaced: number;
  /** Names of those that no key of the setting opens. */
  readonly unreadable: readonly string[];
}

/**
 * Encrypts every secret with the newest key that is not encrypted with it, a hundred a transaction, while everything runs. May
 * be stopped and repeated. What no key opens stays as it is, and is named in the answer.
 */
export async function rotateSecrets(
  pool: Pool,
  cipher: SecretCipher | null,
  { act: { actor, now }, print }: { readonly act: Act; readonly print: (line: string) => void },
): Promise<Rotated> {
  if (cipher === null) throw new UsageError('RAPPEL_SECRET_KEYS is not set: put the new key before the old one');
  const unreadable: string[] = [];
  let replaced = 0;
  for (let afterId = 0; ; ) {
    const page = await withTransaction(pool, async (tx) => {
      const old = await lockOldSecrets(tx, { afterId, keyId: cipher.newestKeyId, limit: PAGE });
      const renewed = old.flatMap((secret) => renew(cipher, secret, unreadable));
      if (renewed.length > 0) {
        await replaceSealed(tx, renewed);
        const after = { keyId: cipher.newestKeyId, replaced: renewed.length };
        await insertAuditRow(tx, { at: now, actor, action: 'secret.rotate', subject: 'secrets', before: null, after });
      }
      return { last: old.at(-1)?.id ?? null, renewed: renewed.length };
    });
    replaced += page.renewed;
    if (page.last === null) break;
    afterId = page.last;
    print(`${replaced} encrypted with ${cipher.newestKeyId}`);
  }
  await tell(pool, cipher, { unreadable, print });
  return { replaced, unreadable };
}

function renew(cipher: SecretCipher, secret: OldSecret, unreadable: string[]): readonly OldSecret[] {
  const opened = cipher.open(secret.name, secret);
  if (opened.kind === 'opened') return [{ ...secret, ...cipher.seal(secret.name, opened.value) }];
  unreadable.push(secret.name);
  return [];
}

/** What the rows say now, not what was done: another rotation may have run beside this one. */
async function tell(
  pool: Pool,
  { keyIds, newestKeyId }: SecretCipher,
  { unreadable, print }: { readonly unreadable: readonly string[]; readonly print: (line: string) => void },
): Promise<void> {
  const counts = await countSecretsByKey(pool);
  for (const { keyId, count } of counts) print(`Encrypted with ${keyId}: ${count}`);
  const unused = keyIds.filter((id) => id !== newestKeyId && counts.every(({ keyId }) => keyId !== id));
  if (unused.length > 0)
    print(`No secret needs any more, so they can be taken out of RAPPEL_SECRET_KEYS: ${unused.join(', ')}`);
  if (unreadable.length > 0) print(`No key of RAPPEL_SECRET_KEYS opens: ${unreadable.join(', ')}`);
}
