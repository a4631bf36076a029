import type { TransactionClient } from '../../storage/pool.js';
import { findPairingUser } from '../../storage/queries/pairings/parkedPairings.js';
import { findMerged } from '../../storage/queries/people/identity/mergedPeople.js';
import { lockUserRows } from '../../storage/queries/people/lockUsers.js';
import { SerializationFailure } from '../../storage/withTransaction.js';

/**
 * Locks whose pairing it is, and returns their number; null: there is no such pairing. Where they are merged into another while
 * their lock is waited for, the transaction is run again, and finds that one.
 */
export async function lockPersonOf(tx: TransactionClient, pairingId: number): Promise<number | null> {
  const userId = await findPairingUser(tx, pairingId);
  if (userId === null) return null;
  await lockUserRows(tx, [userId]);
  if ((await findPairingUser(tx, pairingId)) !== userId)
    throw new SerializationFailure('a person was merged into another while their lock was waited for');
  return userId;
}

/**
 * Throws where one of those who were not there to be locked was merged into another: the transaction is run again, and their
 * names lead to that one. It is run again, and does not lock the other beside those it has locked, as that would be out of order.
 */
export async function requireUnmerged(tx: TransactionClient, missing: readonly number[]): Promise<void> {
  if (missing.length > 0 && (await findMerged(tx, missing)).size > 0)
    throw new SerializationFailure('a person was merged into another while their lock was waited for');
}
