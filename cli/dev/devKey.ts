/**
 * The development key: made for the embedded database only, kept with mode 0600 in its data folder, and made anew
 * when the database does not know it (after a reset).
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isSameKey, prefixOf, SCOPES } from '../../domain/apiKey.js';
import type { Pool } from '../../storage/pool.js';
import { findApiKey } from '../../storage/queries/operations/findApiKey.js';
import { systemClock } from '../../telemetry/clock.js';
import { createKey } from '../keys.js';

export interface DevKey {
  readonly id: number;
  readonly key: string;
}

export async function ensureDevKey(pool: Pool, file: string): Promise<DevKey> {
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const known = await lookUp(pool, kept);
  if (known !== null) return known;
  const key = await createKey(
    pool,
    { name: 'development', scopes: SCOPES },
    { actor: 'npm start', now: await systemClock() },
  );
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  const made = await lookUp(pool, key);
  if (made === null) throw new Error('the development key just made is not in the database');
  return made;
}

async function lookUp(pool: Pool, key: string): Promise<DevKey | null> {
  const prefix = prefixOf(key);
  if (prefix === null) return null;
  const stored = await findApiKey(pool, prefix);
  return stored !== null && stored.revokedAt === null && isSameKey(key, stored.hash) ? { id: stored.id, key } : null;
}
