/**
 * The attribute part of a request: every person's changes folded in order before any of their events (EV-04, EV-08),
 * and one "attributes changed" event per person from creation on, so that any past profile can be rebuilt.
 */
import { locationField } from '../domain/event/fieldChange.js';
import type { Json, JsonObject } from '../domain/json.js';
import { type Circle, enteredCircles, type Position } from '../domain/location/circle.js';
import type { AttributeChange } from '../domain/profile/attributeChange.js';
import { emailKey } from '../domain/profile/contact.js';
import type { Profile, SubscriptionState } from '../domain/profile/profile.js';
import type { AddressChange } from '../storage/queries/addressStates.js';
import type { LockedUser } from '../storage/queries/lockUsers.js';
import type { Refused, Warning } from './incoming.js';
import { isAddressState } from './lockSharers.js';
import { PeopleChanging } from './peopleChanging.js';
import { Slices } from './slices.js';
import type { Accepted } from './splitNonRecipients.js';

export interface ProfileUpdate {
  readonly userId: number;
  readonly profile: Profile;
  /** `{name: [from, to]}` for every field that changed. */
  readonly changed: JsonObject;
  /** Where the person went, move by move. */
  readonly moves: readonly Move[];
}

export interface Move {
  readonly from: Position | null;
  readonly to: Position;
}

export interface AppliedChanges {
  readonly updates: readonly ProfileUpdate[];
  readonly warnings: readonly Warning[];
  readonly errors: readonly Refused[];
  /** Whether a state followed an address to another person (SU-07, SU-04). */
  readonly isSpread: boolean;
  /** By key. */
  readonly addressStates: ReadonlyMap<string, SubscriptionState>;
  /** What everybody else of crowded addresses is still to follow. */
  readonly left: readonly AddressChange[];
}

const NO_CHANGES: AppliedChanges = {
  updates: [],
  warnings: [],
  errors: [],
  isSpread: false,
  addressStates: new Map(),
  left: [],
};

export interface PeopleOfRequest {
  readonly locked: readonly LockedUser[];
  readonly created: ReadonlySet<number>;
  /** See `LockedSharers`. */
  readonly crowded: ReadonlyMap<string, SubscriptionState>;
}

export async function applyProfileChanges(
  accepted: readonly Accepted[],
  { locked, created, crowded }: PeopleOfRequest,
): Promise<AppliedChanges> {
  if (locked.length === 0) return NO_CHANGES;
  const people = new PeopleChanging(locked, created, crowded);
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
    for (const change of item.changes.filter(({ name }) => isAddressState(name))) people.spread(userId, change);
  }
  const { isSpread, left } = people;
  return { updates: people.updates(), warnings, errors, isSpread, addressStates: people.addressStates(), left };
}

/** SU-07: whoever takes on an address is unsubscribed if it is. What the same item sets is applied after that. */
function inherited(
  people: PeopleChanging,
  {
    userId,
    before,
    changes,
  }: { readonly userId: number; readonly before: Profile; readonly changes: readonly AttributeChange[] },
): readonly AttributeChange[] {
  const taken = changes.findLast(({ name }) => name === 'email');
  if (taken?.kind !== 'set' || typeof taken.value !== 'string') return [];
  if (before.email !== null && emailKey(before.email) === emailKey(taken.value)) return [];
  if (!people.isUnsubscribed(taken.value, userId)) return [];
  return [{ kind: 'set', name: 'email_subscribe', value: 'unsubscribed' }];
}

/** With the circles that each person entered on the way (AB-01): in the same event, under names that nobody can send. */
export function withEntries(updates: readonly ProfileUpdate[], circles: readonly Circle[]): readonly ProfileUpdate[] {
  if (circles.length === 0) return updates;
  return updates.map((update) => {
    const entries = update.moves.flatMap(({ from, to }) => enteredCircles(circles, from, to));
    if (entries.length === 0) return update;
    const entered = Object.fromEntries(entries.map((key): [string, Json] => [locationField(key), [null, 'entered']]));
    return { ...update, changed: { ...update.changed, ...entered } };
  });
}
