// The locked people of one request while its items are applied to them, in order.
import { EMAIL_ADDED } from '../../domain/event/fieldChange.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { readPosition } from '../../domain/location/circle.js';
import {
  type AppliedAttributes,
  applyAttributes,
  type ChangedFields,
  CURRENT_LOCATION,
} from '../../domain/profile/attributes/applyAttributes.js';
import { type AttributeChange, isJsonArray } from '../../domain/profile/attributes/attributeChange.js';
import { isSameJson } from '../../domain/profile/attributes/customValue.js';
import { whyTooMuch } from '../../domain/profile/attributes/profileSize.js';
import { emailKey } from '../../domain/profile/contact.js';
import type { Profile } from '../../domain/profile/profile.js';
import type { SubscriptionState } from '../../domain/profile/subscriptionStates.js';
import type { AddressChange } from '../../storage/queries/people/addressStates.js';
import type { LockedUser } from '../../storage/queries/people/lockUsers.js';
import type { Addresses } from './lockSharers.js';
import type { Move, ProfileUpdate } from './profileUpdate.js';

export interface AddressChanges {
  /** The states of addresses that were set to another, by key. */
  readonly states: ReadonlyMap<string, SubscriptionState>;
  /** What everybody else of crowded addresses is still to follow. */
  readonly left: readonly AddressChange[];
  /** What everybody of other addresses has followed. */
  readonly followed: readonly AddressChange[];
}

export class PeopleChanging {
  isSpread = false;
  readonly #users: ReadonlyMap<number, LockedUser>;
  readonly #created: ReadonlySet<number>;
  /** Who has an address, by its key; made when first asked for, as most requests never ask. */
  #holders: Map<string, Set<number>> | null = null;
  readonly #after = new Map<number, Profile>();
  readonly #moves = new Map<number, Move[]>();
  /** In the order in which people came up, which is that of their events. */
  readonly #changed = new Map<number, Map<string, Json>>();

  readonly #addresses: Addresses | null;
  /** As the items so far leave them. */
  readonly #states: Map<string, SubscriptionState>;
  readonly #said = new Map<string, SubscriptionState>();
  readonly #spreads: AddressChange[] = [];

  constructor(locked: readonly LockedUser[], created: ReadonlySet<number>, addresses: Addresses | null) {
    this.#users = new Map(locked.map((user) => [user.id, user]));
    this.#created = created;
    this.#addresses = addresses;
    this.#states = new Map(addresses?.states);
  }

  /** What was said of addresses. */
  get addressChanges(): AddressChanges {
    const isCrowded = ({ key }: AddressChange) => this.#addresses?.crowded.has(key) === true;
    return {
      states: this.#said,
      left: this.#spreads.filter(isCrowded),
      followed: this.#spreads.filter((spread) => !isCrowded(spread)),
    };
  }

  /** As the items so far leave it; undefined for somebody who is not locked. */
  profileOf(userId: number): Profile | undefined {
    return this.#after.get(userId) ?? this.#users.get(userId)?.profile;
  }

  /** Takes up a person, whose own address is told as a change if this request created them. */
  touch(userId: number, profile: Profile): Map<string, Json> {
    const known = this.#changed.get(userId);
    if (known !== undefined) return known;
    const changed = this.#created.has(userId) ? bornWith(profile) : new Map<string, Json>();
    this.#changed.set(userId, changed);
    return changed;
  }

  /** Applies the changes of one item; returns what was left out of them, or why none was taken (UT-12). */
  apply(userId: number, changes: readonly AttributeChange[]): AppliedAttributes['leftOut'] | string {
    const before = this.profileOf(userId);
    if (before === undefined) return [];
    const applied = applyAttributes(before, changes);
    const refusal = whyTooMuch(before.attributes, applied.profile.attributes);
    if (refusal !== null) return refusal;
    this.#take(userId, before, applied);
    return applied.leftOut;
  }

  /** Makes a state that follows the address that of the person, whatever else they have. */
  follow(userId: number, change: AttributeChange): void {
    const before = this.profileOf(userId);
    if (before !== undefined) this.#take(userId, before, applyAttributes(before, [change]));
  }

  #take(userId: number, before: Profile, { profile, changed }: AppliedAttributes): void {
    this.#after.set(userId, profile);
    if (this.#holders !== null && profile.email !== before.email) {
      remove(this.#holders, before.email, userId);
      add(this.#holders, profile.email, userId);
    }
    merge(this.touch(userId, before), changed);
    const move = moveOf(changed);
    if (move !== null) this.#moves.set(userId, [...(this.#moves.get(userId) ?? []), move]);
  }

  /** Makes a change of the person that of everybody who has their address, where it makes a difference. */
  spread(userId: number, change: AttributeChange): void {
    const profile = this.profileOf(userId);
    const email = profile?.email ?? null;
    if (this.#addresses === null || profile === undefined || email === null) return;
    const key = emailKey(email);
    if (change.name === 'email_subscribe' && (this.#states.get(key) ?? 'subscribed') !== profile.emailSubscription) {
      this.#states.set(key, profile.emailSubscription);
      this.#said.set(key, profile.emailSubscription);
    }
    this.#spreads.push({ key, change });
    if (this.#addresses.crowded.has(key)) this.isSpread = true;
    for (const sharer of this.sharersOf(userId, email)) {
      if (Object.keys(applyAttributes(sharer.profile, [change]).changed).length === 0) continue;
      this.follow(sharer.userId, change);
      this.isSpread = true;
    }
  }

  /** Whether the address itself is unsubscribed, whatever its people are. */
  isSaidUnsubscribed(email: string): boolean {
    return this.#states.get(emailKey(email)) === 'unsubscribed';
  }

  /** Whether the address is unsubscribed, whatever the person is. */
  isUnsubscribed(email: string, userId: number): boolean {
    const key = emailKey(email);
    if (this.isSaidUnsubscribed(email)) return true;
    if (this.#addresses?.crowded.has(key) === true) return false;
    return this.sharersOf(userId, email).some(({ profile }) => profile.emailSubscription === 'unsubscribed');
  }

  /** The others who have the address now. */
  sharersOf(userId: number, email: string): readonly { readonly userId: number; readonly profile: Profile }[] {
    return [...(this.#holdersOf(emailKey(email)) ?? [])].flatMap((other) => {
      const profile = this.profileOf(other);
      return other === userId || profile === undefined ? [] : [{ userId: other, profile }];
    });
  }

  #holdersOf(key: string): ReadonlySet<number> | undefined {
    if (this.#holders === null) {
      this.#holders = new Map();
      for (const id of this.#users.keys()) add(this.#holders, this.profileOf(id)?.email ?? null, id);
    }
    return this.#holders.get(key);
  }

  updates(): readonly ProfileUpdate[] {
    const updates: ProfileUpdate[] = [];
    for (const [userId, changed] of this.#changed) {
      const moves = this.#moves.get(userId) ?? [];
      const profile = this.profileOf(userId);
      if (profile === undefined || changed.size + moves.length === 0) continue;
      if (profile.email !== null && this.#users.get(userId)?.hasHadEmail === false)
        changed.set(EMAIL_ADDED, [null, true]);
      updates.push({ userId, profile, changed: Object.fromEntries(changed), moves });
    }
    return updates;
  }
}

function add(holders: Map<string, Set<number>>, email: string | null, userId: number): void {
  if (email === null) return;
  const key = emailKey(email);
  holders.set(key, (holders.get(key) ?? new Set()).add(userId));
}

function remove(holders: ReadonlyMap<string, Set<number>>, email: string | null, userId: number): void {
  if (email !== null) holders.get(emailKey(email))?.delete(userId);
}

function moveOf(changed: ChangedFields): Move | null {
  const [from, position] = changed[CURRENT_LOCATION] ?? [];
  const to = readPosition(position);
  return to === null ? null : { from: readPosition(from), to };
}

/** A person created by an address alone has it from birth. */
function bornWith(profile: Profile): Map<string, JsonObject[string]> {
  const changed = new Map<string, JsonObject[string]>();
  if (profile.email !== null) changed.set('email', [null, profile.email]);
  if (profile.phone !== null) changed.set('phone', [null, profile.phone]);
  return changed;
}

/** Two changes of one field in one request are one change, from the first value to the last; back again is none. */
function merge(changed: Map<string, Json>, more: ChangedFields): void {
  for (const [name, [from, to, ...source]] of Object.entries(more)) {
    const earlier = changed.get(name);
    const first = earlier !== undefined && isJsonArray(earlier) ? (earlier[0] ?? null) : from;
    if (isSameJson(first, to)) changed.delete(name);
    else changed.set(name, [first, to, ...source]);
  }
}
