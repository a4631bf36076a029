// Encrypts the values of named secrets for storage: AES-256-GCM, a new nonce for each value, the name authenticated with it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretKey } from './secretKeys.js';

export interface SealedSecret {
  /** Of the key that it was encrypted with. */
  readonly keyId: string;
  /** 12 bytes. */
  readonly nonce: Buffer;
  /** As long as the value, and the 16 bytes that prove it unchanged. */
  readonly ciphertext: Buffer;
}

export type OpenedSecret =
  | { readonly kind: 'opened'; readonly value: string }
  /** The setting has no key of this id any more. */
  | { readonly kind: 'unknown_key' }
  /** Changed since it was stored, of another name, or encrypted with another key of this id. */
  | { readonly kind: 'damaged' };

export interface SecretCipher {
  /** What `seal` encrypts with. */
  readonly newestKeyId: string;
  readonly keyIds: readonly string[];
  seal(name: string, value: string): SealedSecret;
  open(name: string, sealed: SealedSecret): OpenedSecret;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A cipher that encrypts with the first of the keys and decrypts with any; null where there is none. */
export function createSecretCipher(keys: readonly SecretKey[]): SecretCipher | null {
  const [newest] = keys;
  if (newest === undefined) return null;
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    newestKeyId: newest.id,
    keyIds: keys.map(({ id }) => id),
    seal(name, value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, newest.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(name));
      const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { keyId: newest.id, nonce, ciphertext };
    },
    open(name, { keyId, nonce, ciphertext }) {
      const key = byId.get(keyId);
      if (key === undefined) return { kind: 'unknown_key' };
      if (nonce.length !== NONCE_BYTES || ciphertext.length < TAG_BYTES) return { kind: 'damaged' };
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(boundTo(name));
      decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
      try {
        const opened = Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]);
        return { kind: 'opened', value: opened.toString('utf8') };
      } catch {
        return { kind: 'damaged' };
      }
    },
  };
}

/** Whoever can write to the table must not make the value of one secret go out as another. */
function boundTo(name: string): Buffer {
  return Buffer.from(`rappel/secret/${name}`);
}
