/**
 * A person's profile as of then, and its way back to now, by the stored *attributes changed* events: `{field: [from, to]}`.
 * What begins with `$` is not a field of the profile but what Rappel saw in the change.
 */

import { isStoredField } from '../domain/event/fieldChange.js';
import type { Json, JsonObject } from '../domain/json.js';
import { isJsonArray } from '../domain/profile/attributes/attributeChange.js';
import type { Profile } from '../domain/profile/profile.js';
import { restoreField, type StandardFields, standardField } from '../domain/profile/standardFields.js';

export function undoChange(profile: Profile, changed: JsonObject): Profile {
  return withValues(profile, changed, 0);
}

export function redoChange(profile: Profile, changed: JsonObject): Profile {
  return withValues(profile, changed, 1);
}

function withValues(profile: Profile, changed: JsonObject, side: 0 | 1): Profile {
  const attributes: Record<string, Json> = { ...profile.attributes };
  let fields: StandardFields = profile;
  for (const [name, change] of Object.entries(changed)) {
    if (!isStoredField(name) || !isJsonArray(change)) continue;
    const value = change[side] ?? null;
    const field = standardField(name);
    if (field !== undefined) fields = restoreField(fields, field, value);
    else if (value === null) delete attributes[name];
    else attributes[name] = value;
  }
  return { ...fields, attributes };
}
