// The locked people of one request while its items are applied to them, in order.
import { EMAIL_ADDED } from '../domain/event/fieldChange.js';
import type { Json, JsonObject } from '../domain/json.js';
import { readPosition } from '../domain/location/circle.js';
import {
  type AppliedAttributes,
  applyAttributes,
  type ChangedFields,
  CURRENT_LOCATION,
} from '../domain/profile/applyAttributes.js';
import { type AttributeChange, isJsonArray } from '../domain/profile/attributeChange.js';
import { emailKey } from '../domain/profile/contact.js';
import { isSameJson } from '../domain/profile/customValue.js';
import type { Profile, SubscriptionState } from '../domain/profile/profile.js';
import { whyTooMuch } from '../domain/profile/profileSize.js';
import type { AddressChange } from '../storage/queries/addressStates.js';
import type { LockedUser } from '../storage/queries/lockUsers.js';
import type { Move, ProfileUpdate } from './profileChanges.js';

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

  /** Addresses whose people are not all here, by key, with their state. */
  readonly #crowded: Map<string, SubscriptionState>;
  readonly #left: AddressChange[] = [];

  constructor(
    locked: readonly LockedUser[],
    created: ReadonlySet<number>,
    crowded: ReadonlyMap<string, SubscriptionState> = new Map(),
  ) {
    this.#users = new Map(locked.map((user) => [user.id, user]));
    this.#created = created;
    this.#crowded = new Map(crowded);
  }

  /** What everybody else of crowded addresses is still to follow. */
  get left(): readonly AddressChange[] {
    return this.#left;
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
    if (profile === undefined || email === null) return;
    const key = emailKey(email);
    if (this.#crowded.has(key)) {
      if (change.name === 'email_subscribe') this.#crowded.set(key, profile.emailSubscription);
      this.#left.push({ key, change });
      this.isSpread = true;
    }
    for (const sharer of this.sharersOf(userId, email)) {
      if (Object.keys(applyAttributes(sharer.profile, [change]).changed).length === 0) continue;
      this.follow(sharer.userId, change);
      this.isSpread = true;
    }
  }

  /** Whether the address is unsubscribed, whoever of its people is here but the person. */
  isUnsubscribed(email: string, userId: number): boolean {
    const crowded = this.#crowded.get(emailKey(email));
    if (crowded !== undefined) return crowded === 'unsubscribed';
    return this.sharersOf(userId, email).some(({ profile }) => profile.emailSubscription === 'unsubscribed');
  }

  /** The others who have the address now. */
  sharersOf(userId: number, email: string): readonly { readonly userId: number; readonly profile: Profile }[] {
    return [...(this.#addresses().get(emailKey(email)) ?? [])].flatMap((other) => {
      const profile = this.profileOf(other);
      return other === userId || profile === undefined ? [] : [{ userId: other, profile }];
    });
  }

  #addresses(): Map<string, Set<number>> {
    if (this.#holders !== null) return this.#holders;
    const holders = new Map<string, Set<number>>();
    for (const id of this.#users.keys()) add(holders, this.profileOf(id)?.email ?? null, id);
    this.#holders = holders;
    return holders;
  }

  /** The states of addresses that follow from what was changed, by key. */
  addressStates(): ReadonlyMap<string, SubscriptionState> {
    const states = new Map<string, SubscriptionState>();
    for (const [userId, changed] of this.#changed) {
      const profile = this.profileOf(userId);
      if (profile === undefined || profile.email === null) continue;
      const { email, emailSubscription } = profile;
      const brings = changed.has('email') && emailSubscription === 'unsubscribed';
      if (brings || changed.has('email_subscribe')) states.set(emailKey(email), emailSubscription);
    }
    return states;
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
