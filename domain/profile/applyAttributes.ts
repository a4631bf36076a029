import type { Json, JsonObject } from '../json.js';
import { readPosition } from '../location/circle.js';
import { canonicalZone } from '../timing/canonicalZone.js';
import type { AttributeChange, ObjectSelector } from './attributeChange.js';
import { isJsonArray, isJsonObject } from './attributeChange.js';
import { isEmail, isPhone } from './contact.js';
import { countryCode } from './country.js';
import { cleanArray, cleanObject, cleanValue, isSameJson, mergeObjects } from './customValue.js';
import { exactSum } from './exactSum.js';
import { whyEmptied, whyLeftOut } from './leftOut.js';
import { type Profile, profileValue, SUBSCRIPTION_STATES } from './profile.js';
import { isFull } from './subscriptionGroup.js';

/** Every profile field whose value differs, by its track name: [from, to], null meaning none; a group's source third. */
export type ChangedFields = Readonly<Record<string, readonly [Json, Json, ...string[]]>>;

export interface AppliedAttributes {
  readonly profile: Profile;
  readonly changed: ChangedFields;
  /** What was not taken, so that the field stayed as it was. */
  readonly leftOut: readonly { readonly field: string; readonly message: string }[];
}

/**
 * Applies the changes of one or several items in order (UT-08, UT-09). A value that is not allowed leaves its
 * attribute as it was, as callers of this API expect, and is told; refusing items is the parser's task.
 */
export function applyAttributes(profile: Profile, changes: readonly AttributeChange[]): AppliedAttributes {
  const leftOut: { field: string; message: string }[] = [];
  let after = profile;
  for (const change of changes) {
    const applied = applyOne(after, change);
    if (applied !== null) after = applied;
    const message = applied === null ? whyLeftOut(change) : whyEmptied(change, applied);
    if (message !== null) leftOut.push({ field: change.name, message });
  }
  const changed: Record<string, readonly [Json, Json, ...string[]]> = {};
  const sources = new Map(changes.map((change) => [change.name, change.kind === 'set' ? change.source : undefined]));
  for (const [name, source] of sources) {
    const from = profileValue(profile, name) ?? null;
    const to = profileValue(after, name) ?? null;
    if (!isSameJson(from, to)) changed[name] = source === undefined ? [from, to] : [from, to, source];
  }
  return { profile: after, changed, leftOut };
}

/** The profile after the change; null where the change is not taken. */
function applyOne(profile: Profile, change: AttributeChange): Profile | null {
  switch (change.name) {
    case 'email':
    case 'phone':
    case 'time_zone':
    case 'email_subscribe':
    case 'push_subscribe':
      return change.kind === 'set' ? applyStandard(profile, change.name, change.value) : null;
    case 'external_id':
      return profile;
    default: {
      const value = nextValue(profile, change);
      return value === undefined ? null : withAttribute(profile, change.name, value);
    }
  }
}

type StandardField = 'email' | 'phone' | 'time_zone' | 'email_subscribe' | 'push_subscribe';

function applyStandard(profile: Profile, field: StandardField, value: Json): Profile | null {
  switch (field) {
    case 'email':
      return value === null || isEmail(value) ? { ...profile, email: value } : null;
    case 'phone':
      return value === null || isPhone(value) ? { ...profile, phone: value } : null;
    case 'time_zone': {
      if (value === null) return { ...profile, timeZone: null };
      const zone = typeof value === 'string' ? canonicalZone(value) : null;
      return zone === null ? null : { ...profile, timeZone: zone };
    }
    case 'email_subscribe': {
      const state = SUBSCRIPTION_STATES.find((known) => known === value);
      return state === undefined ? null : { ...profile, emailSubscription: state };
    }
    case 'push_subscribe': {
      const state = SUBSCRIPTION_STATES.find((known) => known === value);
      return state === undefined ? null : { ...profile, pushSubscription: state };
    }
  }
}

/** Where the person is, as `{longitude, latitude}`. */
export const CURRENT_LOCATION = 'current_location';

const TEXT_ATTRIBUTES: ReadonlySet<string> = new Set(['first_name', 'last_name', 'home_city', 'language', 'gender']);

/** Attributes whose names everybody shares, beside those with a column of their own. */
export const STANDARD_ATTRIBUTES: readonly string[] = [...TEXT_ATTRIBUTES, 'country', CURRENT_LOCATION];

/** The attribute's next value: null removes it, undefined leaves it as it is. */
function nextValue(profile: Profile, change: AttributeChange): Json | undefined {
  if (change.name === CURRENT_LOCATION) return nextPosition(change);
  const current = profileValue(profile, change.name);
  switch (change.kind) {
    case 'set':
      if (change.value === null) return null;
      // Only a new group can be one too many.
      if (change.source !== undefined)
        return current === undefined && isFull(profile.attributes) ? undefined : change.value;
      if (change.name === 'country') return typeof change.value === 'string' ? countryCode(change.value) : null;
      if (TEXT_ATTRIBUTES.has(change.name) && typeof change.value !== 'string') return undefined;
      return cleanValue(change.value);
    case 'merge': {
      const patch = cleanPatch(change.value);
      return patch && cleanValue(mergeObjects(current !== undefined && isJsonObject(current) ? current : {}, patch));
    }
    case 'increment':
      if (current !== undefined && typeof current !== 'number') return undefined;
      return exactSum(current ?? 0, change.by) ?? undefined;
    case 'editArray':
      return editArray(current, change);
    case 'editObjects':
      return editObjects(current, change);
  }
}

/** Merging makes no sense of a position: both forms give a whole one. */
function nextPosition(change: AttributeChange): Json | undefined {
  if (change.kind !== 'set' && change.kind !== 'merge') return undefined;
  if (change.value === null) return null;
  const position = readPosition(change.value);
  return position === null ? undefined : { ...position };
}

/** Nulls stay (they remove keys of the target); everything else must be a value by itself. */
function cleanPatch(patch: JsonObject): JsonObject | undefined {
  const cleaned = cleanObject(patch);
  return cleaned === undefined ? undefined : patch;
}

function editArray(current: Json | undefined, change: AttributeChange & { kind: 'editArray' }): Json | undefined {
  if (current !== undefined && !isJsonArray(current)) return undefined;
  const add = cleanArray(change.add);
  if (add === undefined) return undefined;
  const removed = [...change.remove, ...add];
  const kept = (current ?? []).filter((item) => !removed.some((other) => isSameJson(item, other)));
  if (current === undefined && add.length === 0) return undefined;
  return cleanValue([...kept, ...add]);
}

function editObjects(current: Json | undefined, change: AttributeChange & { kind: 'editObjects' }): Json | undefined {
  if (current !== undefined && !isJsonArray(current)) return undefined;
  if (current === undefined && change.add.length === 0) return undefined;
  const kept = [...(current ?? []), ...change.add].filter(
    (item) => !change.remove.some((selector) => isSelected(item, selector)),
  );
  const updated = kept.map((item) =>
    change.update.reduce<Json>((object, update) => {
      if (!isSelected(object, update) || !isJsonObject(object)) return object;
      return change.merge ? mergeObjects(object, update.object) : update.object;
    }, item),
  );
  return cleanValue(updated);
}

function isSelected(item: Json, { key, value }: ObjectSelector): boolean {
  return isJsonObject(item) && Object.hasOwn(item, key) && isSameJson(item[key] ?? null, value);
}

function withAttribute(profile: Profile, name: string, value: Json): Profile {
  const { [name]: _previous, ...others } = profile.attributes;
  return { ...profile, attributes: value === null ? others : { ...others, [name]: value } };
}
