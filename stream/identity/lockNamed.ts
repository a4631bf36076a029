import type { TransactionClient } from '../../storage/pool.js';
import { lockUserRows } from '../../storage/queries/people/lockUsers.js';
import { SerializationFailure } from '../../storage/withTransaction.js';
import type { Identity } from '../incoming.js';
import { findNamed } from '../people/resolveUsers.js';

/**
 * The people of these names, locked in the order of their ids, by `identityKey`; whoever is unknown is absent. They are looked
 * up before the lock and again under it: where a name has come to mean somebody else meanwhile, the transaction is run again.
 */
export async function lockNamed(
  tx: TransactionClient,
  identities: readonly Identity[],
): Promise<ReadonlyMap<string, number>> {
  const found = await findNamed(tx, identities);
  if (found.size === 0) return found;
  await lockUserRows(tx, [...found.values()]);
  const named = await findNamed(tx, identities);
  if ([...named].some(([key, id]) => found.get(key) !== id))
    throw new SerializationFailure('a name came to mean somebody else while people were being locked');
  return named;
}
