// What an API key is: its text, its scopes, and how one is recognised. The key is shown once and never stored;
// its prefix finds the row and its SHA-256 proves it. 32 random bytes need no salt and no slow hash.
import { createHash, timingSafeEqual } from 'node:crypto';

export const SCOPES = [
  'track',
  'interactions',
  'campaigns:read',
  'campaigns:write',
  'users:read',
  'users:write',
  'explain',
  'metrics',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Random bytes a key is made of: 6 name it (its prefix), 32 prove it. */
export const KEY_RANDOM_BYTES = 6 + 32;
const NAME_BYTES = 6;
const KEY = /^(rpl_[\w-]{8})_[\w-]{43}$/;

export interface GeneratedKey {
  /** Shown to its owner once: `rpl_` + 8 characters + `_` + 43 characters. */
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

/** Makes a key of `KEY_RANDOM_BYTES` bytes from a cryptographic source. */
export function generateApiKey(random: Uint8Array): GeneratedKey {
  if (random.length !== KEY_RANDOM_BYTES) {
    throw new Error(`A key is made of ${KEY_RANDOM_BYTES} random bytes, not ${random.length}`);
  }
  const bytes = Buffer.from(random);
  const prefix = `rpl_${bytes.subarray(0, NAME_BYTES).toString('base64url')}`;
  const key = `${prefix}_${bytes.subarray(NAME_BYTES).toString('base64url')}`;
  return { key, prefix, hash: hashApiKey(key) };
}

/** The prefix to look a key up by, or null where the text is no key at all. */
export function prefixOf(key: string): string | null {
  return KEY.exec(key)?.[1] ?? null;
}

export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Takes the same time wherever the two differ. */
export function isSameKey(key: string, storedHash: Uint8Array): boolean {
  const hash = hashApiKey(key);
  return storedHash.length === hash.length && timingSafeEqual(hash, storedHash);
}

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
