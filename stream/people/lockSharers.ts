/**
 * The people of a request and everybody who has an address of theirs, locked: the global e-mail state follows the
 * address (SU-07), and a group set for one profile holds for all that have its address (SU-04).
 */

import { readField } from '../../domain/event/fieldChange.js';
import type { AttributeChange } from '../../domain/profile/attributes/attributeChange.js';
import { emailKey } from '../../domain/profile/contact.js';
import { type Profile } from '../../domain/profile/profile.js';
import { SUBSCRIPTION_STATES, type SubscriptionState } from '../../domain/profile/subscriptionStates.js';
import type { TransactionClient } from '../../storage/pool.js';
import { lockAddressStates } from '../../storage/queries/people/addressStates.js';
import { findEmailSharers } from '../../storage/queries/people/findSharers.js';
import { lockNames } from '../../storage/queries/people/insertUsers.js';
import { type KnownUser, type LockedUser, lockUsers } from '../../storage/queries/people/lockUsers.js';
import { SerializationFailure } from '../../storage/withTransaction.js';
import type { Incoming } from '../incoming.js';
import { identityKey } from './resolveUsers.js';

/** Whether the change concerns others of the address too: it sets the address, or a state that follows it. */
export function concernsAddress({ name }: AttributeChange): boolean {
  return name === 'email' || isAddressState(name);
}

/** The fields that follow the e-mail address. */
export function isAddressState(name: string): boolean {
  return name === 'email_subscribe' || readField(name).kind === 'group';
}

function addressesTakenOn(incoming: readonly Incoming[]): readonly string[] {
  return incoming.flatMap((item) =>
    item.kind === 'attributes'
      ? item.changes.flatMap((change) =>
          change.name === 'email' && change.kind === 'set' && typeof change.value === 'string' ? [change.value] : [],
        )
      : [],
  );
}

/**
 * Whether one of the items changes for this profile what others of its address have to follow. An address or a state that
 * is what it was before does not: most requests send both as they are, and must cost nothing more. A state that the profile
 * has, and the address no longer, is a change: others were told otherwise, whom the profile has still to follow.
 */
export function movesAddressState(
  { profile, addressState }: Pick<KnownUser, 'profile' | 'addressState'>,
  changes: readonly AttributeChange[],
): boolean {
  return changes.some((change) => {
    if (change.kind !== 'set') return false;
    const { name, value } = change;
    if (name === 'email')
      return typeof value === 'string'
        ? !isAddressOf(profile, value)
        : value === null && (addressState ?? profile.emailSubscription) !== profile.emailSubscription;
    if (profile.email === null) return false;
    if (name === 'email_subscribe')
      return (
        SUBSCRIPTION_STATES.some((state) => state === value) &&
        (value !== profile.emailSubscription || value !== (addressState ?? value))
      );
    return isAddressState(name);
  });
}

function isAddressOf({ email }: Profile, address: string): boolean {
  return email !== null && emailKey(email) === emailKey(address);
}

/**
 * Locks the names that the request may give to somebody new, before any row: whoever else takes on the same address then
 * waits here, and sees what this request leaves. All at once, in sorted order.
 */
export async function lockAddresses(tx: TransactionClient, incoming: readonly Incoming[]): Promise<void> {
  const named = incoming.flatMap(({ identity }) =>
    identity.kind === 'externalId' || identity.kind === 'userId' ? [] : [identityKey(identity)],
  );
  const takenOn = addressesTakenOn(incoming).map((value) => identityKey({ kind: 'email', value }));
  const names = [...new Set([...named, ...takenOn])];
  if (names.length > 0) await lockNames(tx, names);
}

export interface Addresses {
  /** Of each address of the request of which anything was ever said, by key. */
  readonly states: ReadonlyMap<string, SubscriptionState>;
  /** Keys of those that too many people share for all of them to be locked: their states are locked instead. */
  readonly crowded: ReadonlySet<string>;
}

export interface LockedSharers {
  readonly locked: readonly LockedUser[];
  /** Null: the request changes nothing that follows an address. */
  readonly addresses: Addresses | null;
}

/**
 * The people and all sharers, in id order, as they are under the lock. Sharers are looked up before the lock and again
 * under it; if somebody took on the address in between, the transaction is run again, so that the order of locks is kept.
 */
export async function lockWithSharers(
  tx: TransactionClient,
  named: readonly number[],
  incoming: readonly Incoming[],
): Promise<LockedSharers> {
  const emails = addressesTakenOn(incoming);
  const sharers = await findEmailSharers(tx, { ids: named, emails });
  const ids = new Set([...named, ...sharers.ids]);
  const locked = await lockUsers(tx, [...ids]);
  const found = await findEmailSharers(tx, { ids: named, emails });
  if (!found.ids.every((id) => ids.has(id))) {
    throw new SerializationFailure('somebody took on an address of this request while its people were being locked');
  }
  const crowded = new Set(found.crowded);
  const crowdedStates = crowded.size === 0 ? [] : await lockAddressStates(tx, found.crowded);
  return { locked, addresses: { states: new Map([...found.states, ...crowdedStates]), crowded } };
}
