// The keys that secrets are encrypted with, as the setting RAPPEL_SECRET_KEYS holds them.
import { z } from 'zod';

export interface SecretKey {
  /** Stored beside each secret, so that it is known which key opens it. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

export const KEY_BYTES = 32;
const MOST_KEYS = 20;
const KEY_ID = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/**
 * The keys of `id:base64,id:base64`, the newest first; blanks around a comma do not count. Refuses two keys of one id and a
 * key that is not 32 bytes in canonical base64, as a cut one would otherwise be taken for another key.
 */
export const secretKeysText = z.string().transform((text, context): readonly SecretKey[] => {
  const keys = text.split(',').map((part) => parseKey(part.trim()));
  const known = keys.filter((each) => each !== null);
  const ids = new Set(known.map(({ id }) => id));
  if (known.length === keys.length && ids.size === keys.length && keys.length <= MOST_KEYS) return known;
  context.addIssue({ code: 'custom', message: 'not a list of keys' });
  return z.NEVER;
});

function parseKey(text: string): SecretKey | null {
  const [, id = '', written = ''] = /^([^:]*):(.*)$/.exec(text) ?? [];
  const key = Buffer.from(written, 'base64');
  return KEY_ID.test(id) && key.length === KEY_BYTES && key.toString('base64') === written ? { id, key } : null;
}
