import { createHash } from 'node:crypto';
import { RappelError } from '../../domain/errors.js';
import type { TransactionClient } from '../../storage/pool.js';
import { findIdempotencyKey } from '../../storage/queries/operations/findIdempotencyKey.js';
import { insertIdempotencyKey } from '../../storage/queries/operations/insertIdempotencyKey.js';
import { storeIdempotentAnswer } from '../../storage/queries/operations/storeIdempotentAnswer.js';

/**
 * Opt-in exactly-once, in the transaction of the work: key, work and answer commit together or not at all. The same
 * key with the same body replays the answer; a twin that arrives meanwhile waits for the first one's transaction.
 */
export const KEY_PATTERN = '^[!-~]{1,255}$';

export interface KeyedRequest {
  readonly apiKeyId: number;
  /** The `Idempotency-Key` header; undefined: the caller did not ask for this. */
  readonly key: string | undefined;
  readonly bodySha256: Buffer;
}

export interface StatusAndBody {
  readonly status: number;
  readonly body: object;
}

export async function idempotent(
  tx: TransactionClient,
  { apiKeyId, key, bodySha256 }: KeyedRequest,
  work: () => Promise<StatusAndBody>,
): Promise<StatusAndBody & { readonly isReplay: boolean }> {
  if (key === undefined) return { ...(await work()), isReplay: false };
  const identity = { apiKeyId, keyHash: hashOf(key) };
  if (await insertIdempotencyKey(tx, identity, bodySha256)) {
    const answer = await work();
    await storeIdempotentAnswer(tx, identity, answer);
    return { ...answer, isReplay: false };
  }
  const stored = await findIdempotencyKey(tx, identity);
  if (!stored.body_hash.equals(bodySha256)) {
    throw new RappelError(
      'idempotency_mismatch',
      'This Idempotency-Key was used with another body. Send the same body again, or a new key with a new one.',
    );
  }
  return { status: stored.status, body: stored.answer, isReplay: true };
}

function hashOf(key: string): Buffer {
  if (!new RegExp(KEY_PATTERN).test(key)) {
    throw new RappelError('invalid_request', 'Idempotency-Key must have 1 to 255 visible ASCII characters.');
  }
  return createHash('sha256').update(key).digest();
}
