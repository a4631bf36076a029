import { DEVICES, nextDevices } from '../../device/devices.js';
import { nextPushTokens, PUSH_TOKENS } from '../../device/pushTokens.js';
import type { Json, JsonObject } from '../../json.js';
import { readPosition } from '../../location/circle.js';
import { BIRTH_DATE, birthDateText } from '../birthDate.js';
import { countryCode } from '../country.js';
import { type Profile, profileValue } from '../profile.js';
import { standardField } from '../standardFields.js';
import type { AttributeChange } from './attributeChange.js';
import { isJsonObject } from './attributeChange.js';
import { cleanObject, cleanValue, isSameJson, mergeObjects } from './customValue.js';
import { editArray, editObjects } from './editList.js';
import { exactSum } from './exactSum.js';
import { whyEmptied, whyLeftOut } from './leftOut.js';
import { ProfileDraft } from './profileDraft.js';

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
  const draft = new ProfileDraft(profile);
  for (const change of changes) {
    const isTaken = applyOne(draft, change);
    const message = isTaken ? whyEmptied(change, draft.valueOf(change.name)) : whyLeftOut(change);
    if (message !== null) leftOut.push({ field: change.name, message });
  }
  const after = draft.profile();
  const changed: Record<string, readonly [Json, Json, ...string[]]> = {};
  const sources = new Map(changes.map((change) => [change.name, change.kind === 'set' ? change.source : undefined]));
  for (const [name, source] of sources) {
    const from = profileValue(profile, name) ?? null;
    const to = profileValue(after, name) ?? null;
    if (!isSameJson(from, to)) changed[name] = source === undefined ? [from, to] : [from, to, source];
  }
  return { profile: after, changed, leftOut };
}

/** Whether the change is taken. */
function applyOne(draft: ProfileDraft, change: AttributeChange): boolean {
  const field = standardField(change.name);
  if (field === undefined) {
    const value = nextValue(draft, change);
    if (value !== undefined) draft.setAttribute(change.name, value);
    return value !== undefined;
  }
  return field.settable === null || (change.kind === 'set' && draft.setStandard(field.settable, change.value));
}

/** Where the person is, as `{longitude, latitude}`. */
export const CURRENT_LOCATION = 'current_location';

const TEXT_ATTRIBUTES: ReadonlySet<string> = new Set(['first_name', 'last_name', 'home_city', 'language', 'gender']);

/** Attributes whose names everybody shares, beside those with a column of their own. */
export const STANDARD_ATTRIBUTES: readonly string[] = [...TEXT_ATTRIBUTES, 'country', CURRENT_LOCATION];

/** The attribute's next value: null removes it, undefined leaves it as it is. */
function nextValue(draft: ProfileDraft, change: AttributeChange): Json | undefined {
  if (change.name === CURRENT_LOCATION) return nextPosition(change);
  if (change.name === BIRTH_DATE) return nextBirthDate(change);
  const current = draft.valueOf(change.name);
  if (change.name === DEVICES) return nextDevices(current, change);
  if (change.name === PUSH_TOKENS) return nextPushTokens(current, change);
  switch (change.kind) {
    case 'set':
      if (change.value === null) return null;
      // Only a new group can be one too many.
      if (change.source !== undefined) return current === undefined && draft.hasAllGroups ? undefined : change.value;
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

function nextBirthDate(change: AttributeChange): Json | undefined {
  if (change.kind !== 'set') return undefined;
  return change.value === null ? null : (birthDateText(change.value) ?? undefined);
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
