/**
 * The attribute part of a request: every person's changes folded in order before any of their events (EV-04, EV-08),
 * and one "attributes changed" event per person from creation on, so that any past profile can be rebuilt.
 */
import { EMAIL_ADDED, locationField } from '../domain/event/fieldChange.js';
import type { Json, JsonObject } from '../domain/json.js';
import { type Circle, enteredCircles, type Position, readPosition } from '../domain/location/circle.js';
import { applyAttributes, type ChangedFields, CURRENT_LOCATION } from '../domain/profile/applyAttributes.js';
import { isJsonArray } from '../domain/profile/attributeChange.js';
import { isSameJson } from '../domain/profile/customValue.js';
import type { Profile } from '../domain/profile/profile.js';
import type { LockedUser } from '../storage/queries/lockUsers.js';
import type { Warning } from './incoming.js';
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
}

const NO_CHANGES: AppliedChanges = { updates: [], warnings: [] };

export function applyProfileChanges(
  accepted: readonly Accepted[],
  locked: readonly LockedUser[],
  created: ReadonlySet<number>,
): AppliedChanges {
  if (locked.length === 0) return NO_CHANGES;
  const users = new Map(locked.map((user) => [user.id, user]));
  const before = new Map<number, Profile>();
  const after = new Map<number, Profile>();
  const movesOf = new Map<number, Move[]>();
  const warnings: Warning[] = [];
  const changedBy = new Map<number, Map<string, JsonObject[string]>>();
  for (const { userId, item } of accepted) {
    const profile = after.get(userId) ?? users.get(userId)?.profile;
    if (profile === undefined) continue;
    if (!before.has(userId)) {
      before.set(userId, profile);
      changedBy.set(userId, created.has(userId) ? bornWith(profile) : new Map<string, Json>());
    }
    if (item.kind !== 'attributes') continue;
    const result = applyAttributes(profile, item.changes);
    for (const each of item.malformed ?? []) warnings.push({ ...each, item });
    for (const each of result.leftOut) warnings.push({ ...each, item });
    after.set(userId, result.profile);
    merge(changedBy.get(userId), result.changed);
    const move = moveOf(result.changed);
    if (move !== null) movesOf.set(userId, [...(movesOf.get(userId) ?? []), move]);
  }
  const updates: ProfileUpdate[] = [];
  for (const [userId, profile] of before) {
    const changed = changedBy.get(userId);
    const moves = movesOf.get(userId) ?? [];
    if (changed === undefined || changed.size + moves.length === 0) continue;
    const latest = after.get(userId) ?? profile;
    if (latest.email !== null && users.get(userId)?.hasHadEmail === false) changed.set(EMAIL_ADDED, [null, true]);
    updates.push({ userId, profile: latest, changed: Object.fromEntries(changed), moves });
  }
  return { updates, warnings };
}

function moveOf(changed: ChangedFields): Move | null {
  const [from, position] = changed[CURRENT_LOCATION] ?? [];
  const to = readPosition(position);
  return to === null ? null : { from: readPosition(from), to };
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

/** A person created by an address alone has it from birth. */
function bornWith(profile: Profile): Map<string, JsonObject[string]> {
  const changed = new Map<string, JsonObject[string]>();
  if (profile.email !== null) changed.set('email', [null, profile.email]);
  if (profile.phone !== null) changed.set('phone', [null, profile.phone]);
  return changed;
}

/** Two changes of one field in one request are one change, from the first value to the last; back again is none. */
function merge(
  changed: Map<string, JsonObject[string]> | undefined,
  more: Readonly<Record<string, readonly [Json, Json, ...string[]]>>,
): void {
  if (changed === undefined) return;
  for (const [name, [from, to, ...source]] of Object.entries(more)) {
    const earlier = changed.get(name);
    const first = earlier !== undefined && isJsonArray(earlier) ? (earlier[0] ?? null) : from;
    if (isSameJson(first, to)) changed.delete(name);
    else changed.set(name, [first, to, ...source]);
  }
}
