/**
 * SU-07, SU-04: lets those who share an address follow what was said of it, page by page. Each page is a transaction of its
 * own, in which their changes are recorded and decided like all others.
 */

import type { AttributeChange } from '../../domain/profile/attributes/attributeChange.js';
import { emailKey } from '../../domain/profile/contact.js';
import type { Pool, TransactionClient } from '../../storage/pool.js';
import {
  advanceAddressChange,
  nextAddressChange,
  readAddressChange,
  selectSharersPage,
} from '../../storage/queries/people/addressStates.js';
import { type LockedUser, lockUsers } from '../../storage/queries/people/lockUsers.js';
import { withTransaction } from '../../storage/withTransaction.js';
import type { Clock } from '../../telemetry/clock.js';
import { recordUpdates } from '../recordEvents.js';
import type { StreamDeps } from '../streamDeps.js';
import { PeopleChanging } from './peopleChanging.js';

export interface FollowDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly stream: StreamDeps;
}

const PAGE = 1_000;

/** One page of one address; returns whether there may be more. */
export async function followAddresses({ pool, clock, stream }: FollowDeps): Promise<boolean> {
  const next = await nextAddressChange(pool);
  if (next === null) return false;
  const { ids, isLast } = await selectSharersPage(pool, next, PAGE);
  const now = await clock();
  await withTransaction(pool, async (tx) => {
    const locked = await lockUsers(tx, ids);
    const change = await readAddressChange(tx, next);
    if (change === null) return;
    const sharers = locked.filter(({ profile }) => profile.email !== null && emailKey(profile.email) === next.key);
    await follow(tx, stream, { sharers, change, now });
    await advanceAddressChange(tx, next.id, isLast ? null : (ids.at(-1) ?? null));
  });
  return true;
}

async function follow(
  tx: TransactionClient,
  stream: StreamDeps,
  {
    sharers,
    change,
    now,
  }: { readonly sharers: readonly LockedUser[]; readonly change: AttributeChange; readonly now: number },
): Promise<void> {
  const people = new PeopleChanging(sharers, new Set(), null);
  for (const { id } of sharers) people.follow(id, change);
  const updates = people.updates();
  if (updates.length > 0) await recordUpdates(tx, stream, { locked: sharers, updates, now });
}
