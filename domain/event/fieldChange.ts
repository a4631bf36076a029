// One "attributes changed" event tells every field that a request changed in a person. Matchers listen to one field of
// it and test `{from, to, source}`. Fields beginning with `$` are what Rappel itself saw in the change: nobody can send them.
import type { Json, JsonObject } from '../json.js';
import { isJsonArray } from '../profile/attributes/attributeChange.js';

/** AB-07: the first address of the profile, ever. */
export const EMAIL_ADDED = '$email_added';
const GROUP = '$group:';
const LOCATION = '$location:';

export function groupField(group: string): string {
  return GROUP + group;
}

export function locationField(location: string): string {
  return LOCATION + location;
}

/** Whether the field is part of the profile, by which a past one is rebuilt, and not only what was seen in the change. */
export function isStoredField(field: string): boolean {
  return !field.startsWith('$') || field.startsWith(GROUP);
}

export type Field =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'emailAdded' }
  | { readonly kind: 'group'; readonly key: string }
  | { readonly kind: 'location'; readonly key: string };

export function readField(field: string): Field {
  if (field === EMAIL_ADDED) return { kind: 'emailAdded' };
  if (field.startsWith(GROUP)) return { kind: 'group', key: field.slice(GROUP.length) };
  if (field.startsWith(LOCATION)) return { kind: 'location', key: field.slice(LOCATION.length) };
  return { kind: 'attribute', name: field };
}

/**
 * What happened to one field, as tests see it; null when it did not change, or in a way that never triggers (AB-08):
 * it was removed, or holds a list or an object now. The first value ever is a change from nothing.
 */
export function fieldChange(changed: JsonObject, field: string): JsonObject | null {
  const change = Object.hasOwn(changed, field) ? changed[field] : undefined;
  if (change === undefined || !isJsonArray(change)) return null;
  const [from = null, to = null, source] = change;
  if (!isScalar(to)) return null;
  return { from, to, ...(source === undefined ? {} : { source }) };
}

function isScalar(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
