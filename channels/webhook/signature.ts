// Signs a webhook after the Standard Webhooks specification: HMAC-SHA256 over "id.timestamp.body", one signature per
// secret so that a receiver can change over from an old secret to a new one.

import { createHmac } from 'node:crypto';

export type SigningKey = Buffer;

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Never repeats the secret in its error. */
export function parseSigningSecret(secret: string): SigningKey {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(encoded, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  if (!isBase64 || key.length < MIN_BYTES || key.length > MAX_BYTES) {
    throw new Error(
      `A webhook signing secret is "${PREFIX}" followed by ${MIN_BYTES} to ${MAX_BYTES} bytes in base64.`,
    );
  }
  return key;
}

export interface SignedParts {
  readonly id: string;
  /** Epoch ms. */
  readonly now: number;
  readonly body: string;
}

export function signatureHeaders(keys: readonly SigningKey[], { id, now, body }: SignedParts): Record<string, string> {
  const timestamp = Math.floor(now / 1_000).toString();
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
