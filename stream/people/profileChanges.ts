/**
 * The attribute part of a request: every person's changes folded in order before any of their events (EV-04, EV-08),
 * and one "attributes changed" event per person from creation on, so that any past profile can be rebuilt.
 */

import { locationField } from '../../domain/event/fieldChange.js';
import type { Json } from '../../domain/json.js';
import { type Circle, enteredCircles } from '../../domain/location/circle.js';
import type { AppliedAttributes } from '../../domain/profile/attributes/applyAttributes.js';
import type { AttributeChange } from '../../domain/profile/attributes/attributeChange.js';
import { emailKey } from '../../domain/profile/contact.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { LockedUser } from '../../storage/queries/people/lockUsers.js';
import { Slices } from '../../telemetry/slices.js';
import type { Refused, Warning } from '../incoming.js';
import type { Accepted } from '../refuseConversionsOfNonRecipients.js';
import { type Addresses, isAddressState } from './lockSharers.js';
import { type AddressChanges, PeopleChanging } from './peopleChanging.js';
import type { ProfileUpdate } from './profileUpdate.js';

export interface AppliedChanges {
  readonly updates: readonly ProfileUpdate[];
  readonly warnings: readonly Warning[];
  readonly errors: readonly Refused[];
  /** Whether a state followed an address to another person (SU-07, SU-04). */
  readonly isSpread: boolean;
  readonly addressChanges: AddressChanges;
}

const NO_CHANGES: AppliedChanges = {
  updates: [],
  warnings: [],
  errors: [],
  isSpread: false,
  addressChanges: { states: new Map(), left: [], followed: [] },
};

export interface PeopleOfRequest {
  readonly locked: readonly LockedUser[];
  readonly created: ReadonlySet<number>;
  /** See `LockedSharers`. */
  readonly addresses: Addresses | null;
}

export async function applyProfileChanges(
  accepted: readonly Accepted[],
  { locked, created, addresses }: PeopleOfRequest,
): Promise<AppliedChanges> {
  if (locked.length === 0) return NO_CHANGES;
  const people = new PeopleChanging(locked, created, addresses);
  const warnings: Warning[] = [];
  const errors: Refused[] = [];
  const slices = new Slices();
  for (const { userId, item } of accepted) {
    if (slices.isOver) await slices.giveWay();
    const before = people.profileOf(userId);
    if (before === undefined) continue;
    people.touch(userId, before);
    if (item.kind !== 'attributes') continue;
    const leftOut = people.apply(userId, [
      ...inherited(people, { userId, before, changes: item.changes }),
      ...item.changes,
    ]);
    if (typeof leftOut === 'string') {
      errors.push({ type: leftOut, item });
      continue;
    }
    for (const each of [...(item.malformed ?? []), ...leftOut]) warnings.push({ ...each, item });
    for (const change of told(people, { userId, before, changes: item.changes, leftOut }))
      people.spread(userId, change);
  }
  const { isSpread, addressChanges } = people;
  return { updates: people.updates(), warnings, errors, isSpread, addressChanges };
}

const UNSUBSCRIBED: AttributeChange = { kind: 'set', name: 'email_subscribe', value: 'unsubscribed' };

interface ToldChanges {
  readonly userId: number;
  readonly before: Profile;
  readonly changes: readonly AttributeChange[];
  readonly leftOut: AppliedAttributes['leftOut'];
}

/** What an item that was applied says of the person's address: its states, and that somebody unsubscribed has it now. */
function told(people: PeopleChanging, { userId, before, changes, leftOut }: ToldChanges): readonly AttributeChange[] {
  const states = changes.filter(({ name }) => isAddressState(name) && !leftOut.some(({ field }) => field === name));
  const after = people.profileOf(userId);
  if (after === undefined || after.email === null || after.emailSubscription !== 'unsubscribed') return states;
  const isNew = before.email === null || emailKey(before.email) !== emailKey(after.email);
  return isNew && !people.isUnsubscribed(after.email, userId) ? [UNSUBSCRIBED, ...states] : states;
}

/**
 * SU-07: whoever takes on an address is unsubscribed if it is, and so is who leaves one that they had still to follow. What
 * the same item sets is applied after that.
 */
function inherited(
  people: PeopleChanging,
  {
    userId,
    before,
    changes,
  }: { readonly userId: number; readonly before: Profile; readonly changes: readonly AttributeChange[] },
): readonly AttributeChange[] {
  const taken = changes.findLast(({ name }) => name === 'email');
  if (taken?.kind !== 'set') return [];
  const to = typeof taken.value === 'string' ? taken.value : null;
  if (before.email !== null && to !== null && emailKey(before.email) === emailKey(to)) return [];
  const isUnsubscribed =
    (before.email !== null && people.isSaidUnsubscribed(before.email)) ||
    (to !== null && people.isUnsubscribed(to, userId));
  return isUnsubscribed ? [UNSUBSCRIBED] : [];
}

/** With the circles that each person entered on the way (AB-01): in the same event, under names that nobody can send. */
export function addLocationEntries(
  updates: readonly ProfileUpdate[],
  circles: readonly Circle[],
): readonly ProfileUpdate[] {
  if (circles.length === 0) return updates;
  return updates.map((update) => {
    const entries = update.moves.flatMap(({ from, to }) => enteredCircles(circles, from, to));
    if (entries.length === 0) return update;
    const entered = Object.fromEntries(entries.map((key): [string, Json] => [locationField(key), [null, 'entered']]));
    return { ...update, changed: { ...update.changed, ...entered } };
  });
}
