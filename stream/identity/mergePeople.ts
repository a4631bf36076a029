/**
 * ID-03, ID-06: one person becomes another. Under both locks, in one transaction, all that the one did, received, waits for and is
 * called by is the other's; runs keep their names. What was heard of the one when it happened is not heard again: no event is
 * recorded, and nothing triggers.
 */
import type { AttributeChange } from '../../domain/profile/attributes/attributeChange.js';
import { emailKey } from '../../domain/profile/contact.js';
import { mergeProfiles } from '../../domain/profile/mergeProfiles.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { TransactionClient } from '../../storage/pool.js';
import { readRevision } from '../../storage/queries/events/readRevision.js';
import {
  insertAddressChanges,
  lockAddressStates,
  setAddressStates,
} from '../../storage/queries/people/addressStates.js';
import { selectEmailKeys } from '../../storage/queries/people/identity/deleteUsers.js';
import {
  becomeOther,
  countEventsOf,
  type Merging,
  moveToPerson,
} from '../../storage/queries/people/identity/mergedPeople.js';
import { lockNames } from '../../storage/queries/people/insertUsers.js';
import { type LockedUser, lockUsers } from '../../storage/queries/people/lockUsers.js';
import { updateProfiles } from '../../storage/queries/people/updateProfiles.js';
import { SerializationFailure } from '../../storage/withTransaction.js';
import { followZones } from '../people/followZones.js';
import { findNamed } from '../people/resolveUsers.js';
import type { StreamDeps } from '../streamDeps.js';
import { findTargets, identityOf, lockTargets, type Target } from './target.js';

/** Who has more would hold up the transaction, and all who wait for the two. */
const MOST_EVENTS = 50_000;

export interface Merge {
  readonly from: Target;
  readonly into: Target;
}

export type Merged =
  | {
      readonly kind: 'merged';
      readonly outboxWritten: boolean;
      /** The names of attributes that there was no room for (UT-12). */
      readonly leftOut: readonly string[];
      readonly people: Merging;
    }
  | { readonly kind: 'skipped'; readonly why: 'unknown_user' | 'same_user' | 'several_users' | 'too_many_events' };

export async function mergePeople(
  tx: TransactionClient,
  stream: StreamDeps,
  { merge: { from, into }, now }: { readonly merge: Merge; readonly now: number },
): Promise<Merged> {
  const emailKeys = await lockAddressesOf(tx, from);
  const [one, other] = await lockTargets(tx, [from, into]);
  if (one === 'several' || other === 'several') return { kind: 'skipped', why: 'several_users' };
  if (one === undefined || other === undefined || one === 'nobody' || other === 'nobody')
    return { kind: 'skipped', why: 'unknown_user' };
  return await mergeLocked(tx, stream, { people: { from: one.id, into: other.id }, emailKeys, now });
}

/** Who takes on an address locks its name first, and names come before rows. */
export async function lockAddressesOf(tx: TransactionClient, from: Target): Promise<readonly string[]> {
  const identified = await findTargets(tx, [from]);
  const found = await findNamed(tx, identified.flatMap(identityOf));
  const keys = await selectEmailKeys(tx, [...found.values()]);
  await lockNames(
    tx,
    keys.map((key) => `email:${key}`),
  );
  return keys;
}

interface Locked {
  readonly people: Merging;
  /** Of the one who is merged, whose name is locked. */
  readonly emailKeys: readonly string[];
  readonly now: number;
}

/** The two are locked, and the name of the address of the one. */
export async function mergeLocked(
  tx: TransactionClient,
  stream: StreamDeps,
  { people, emailKeys, now }: Locked,
): Promise<Merged> {
  if (people.from === people.into) return { kind: 'skipped', why: 'same_user' };
  if ((await countEventsOf(tx, people.from, MOST_EVENTS + 1)) > MOST_EVENTS)
    return { kind: 'skipped', why: 'too_many_events' };
  const { revision } = await readRevision(tx, 0);
  const index = stream.campaigns.at(revision);
  const users = await lockUsers(tx, [people.from, people.into]);
  const from = userOf(users, people.from);
  const into = userOf(users, people.into);
  if (from.email !== null && !emailKeys.includes(emailKey(from.email)))
    throw new SerializationFailure('somebody who is to be merged got another address meanwhile');
  const following = await withAddressState(tx, { from, into });
  const { profile, leftOut } = mergeProfiles(into, following);
  await moveToPerson(tx, people);
  await becomeOther(tx, people);
  await updateProfiles(tx, [{ id: people.into, profile }], now);
  const outboxWritten = await followZones(tx, {
    updates: zoneUpdates(people.into, { from, into, profile }),
    created: new Set(),
    index,
    workspace: stream.workspace,
    now,
  });
  await spreadState(tx, { from: following, into, profile });
  return { kind: 'merged', outboxWritten, leftOut, people };
}

function userOf(users: readonly LockedUser[], id: number): Profile {
  const user = users.find((each) => each.id === id);
  if (user === undefined) throw new Error('somebody who is to be merged is gone under their lock');
  return user.profile;
}

/**
 * The one who is merged with the state of their address, where the other takes it on: a profile may have still to follow it,
 * and since when it is so is then not known.
 */
async function withAddressState(
  tx: TransactionClient,
  { from, into }: { readonly from: Profile; readonly into: Profile },
): Promise<Profile> {
  if (from.email === null || into.email !== null) return from;
  const states = await lockAddressStates(tx, [emailKey(from.email)]);
  const state = states.get(emailKey(from.email)) ?? 'subscribed';
  return state === from.emailSubscription ? from : { ...from, emailSubscription: state, emailSubscriptionSince: null };
}

/** SU-07: an unsubscribed person who takes on an address unsubscribes it, and whoever else has it follows. */
async function spreadState(
  tx: TransactionClient,
  { from, into, profile: merged }: Record<'from' | 'into' | 'profile', Profile>,
): Promise<void> {
  if (from.email === null || into.email !== null || merged.emailSubscription === from.emailSubscription) return;
  const key = emailKey(from.email);
  const change: AttributeChange = { kind: 'set', name: 'email_subscribe', value: merged.emailSubscription };
  await setAddressStates(tx, new Map([[key, merged.emailSubscription]]));
  await insertAddressChanges(tx, [{ key, change }]);
}

/** Where the two had different zones, what waits is planned by the one that is left (AB-15). */
function zoneUpdates(userId: number, { from, into, profile }: Record<'from' | 'into' | 'profile', Profile>) {
  const { timeZone } = profile;
  if (from.timeZone === timeZone && into.timeZone === timeZone) return [];
  return [{ userId, profile, changed: { time_zone: [into.timeZone, timeZone] }, moves: [] }];
}
