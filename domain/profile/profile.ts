import type { Json, JsonObject } from '../json.js';
import { NO_FIELDS, type StandardFields, standardField } from './standardFields.js';

/**
 * A person as audiences and templates see them: what has a column of its own; every other attribute, standard
 * (first_name, country, …) or custom, lives in `attributes` under its track name.
 */
export interface Profile extends StandardFields {
  readonly attributes: JsonObject;
}

export const EMPTY_PROFILE: Profile = { ...NO_FIELDS, attributes: {} };

/** The value a filter or template means by an attribute's name; undefined when the person has none. */
export function profileValue(profile: Profile, name: string): Json | undefined {
  const field = standardField(name);
  if (field !== undefined) return field.valueOf(profile) ?? undefined;
  return Object.hasOwn(profile.attributes, name) ? (profile.attributes[name] ?? undefined) : undefined;
}
