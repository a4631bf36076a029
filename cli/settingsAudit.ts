/**
 * A start with other settings than the last start of its kind is told in the audit log: by name, with both values, and of
 * secrets only that they changed. What is kept of a secret to compare with is as slow to guess as a password's hash.
 */
import { randomBytes, scrypt as scryptWithCallback, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Setting } from '../config/config.js';
import type { Pool } from '../storage/pool.js';
import { insertAuditRow } from '../storage/queries/operations/insertAuditRow.js';
import { type KeptSettings, keepSettings, lockLastSettings } from '../storage/queries/operations/lastSettings.js';
import { withTransaction } from '../storage/withTransaction.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';

const scrypt = promisify<string, Buffer, number, Buffer>(scryptWithCallback);
const HASH_BYTES = 32;
const SECRET = '(secret)';
const AGAIN_MS = 10_000;

export interface Start {
  /** `rappel-api`, `rappel-worker` or, of both in one, `rappel`. */
  readonly process: string;
  readonly settings: readonly Setting[];
}

interface Deps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** In the background, until the database takes it: nobody waits for the audit log to begin serving. */
export function auditSettings(deps: Deps, start: Start, signal: AbortSignal): void {
  const attempt = async () => {
    while (!signal.aborted) {
      try {
        return await compareSettings(deps, start);
      } catch (error) {
        deps.logger.warn(
          { err: error },
          'the settings of this start could not be noted in the audit log, trying again',
        );
      }
      await wait(AGAIN_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  };
  void attempt();
}

export async function compareSettings(
  { pool, clock }: Omit<Deps, 'logger'>,
  { process, settings }: Start,
): Promise<void> {
  const at = await clock();
  await withTransaction(pool, async (tx) => {
    const last = await lockLastSettings(tx, process, () => kept(settings, {}));
    if (last === null) return;
    const changed: Setting[] = [];
    for (const setting of settings) if (!(await isSame(setting, last[setting.name] ?? null))) changed.push(setting);
    if (changed.length === 0) return;
    const before = shown(changed, ({ name }) => last[name] ?? null);
    const after = shown(changed, ({ value }) => value);
    await keepSettings(tx, process, await kept(changed, last));
    const subject = `process/${process}`;
    await insertAuditRow(tx, { at, actor: 'start', action: 'settings.change', subject, before, after });
  });
}

async function kept(settings: readonly Setting[], last: KeptSettings): Promise<KeptSettings> {
  const made: Record<string, string | null> = { ...last };
  for (const { name, value, isSecret } of settings) {
    made[name] = isSecret && value !== null ? await hashed(value, randomBytes(16)) : value;
  }
  return made;
}

async function hashed(value: string, salt: Buffer): Promise<string> {
  return `${salt.toString('base64')}:${(await scrypt(value, salt, HASH_BYTES)).toString('base64')}`;
}

async function isSame({ value, isSecret }: Setting, last: string | null): Promise<boolean> {
  if (value === null || last === null || !isSecret) return value === last;
  const [salt = '', hash = ''] = last.split(':');
  const now = await scrypt(value, Buffer.from(salt, 'base64'), HASH_BYTES);
  const before = Buffer.from(hash, 'base64');
  return before.length === now.length && timingSafeEqual(before, now);
}

function shown(settings: readonly Setting[], valueOf: (setting: Setting) => string | null) {
  return Object.fromEntries(
    settings.map((setting) => {
      const value = valueOf(setting);
      return [setting.name, setting.isSecret && value !== null ? SECRET : value];
    }),
  );
}
