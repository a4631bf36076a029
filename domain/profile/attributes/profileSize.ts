import { type JsonObject, jsonBytes, mostJsonBytes } from '../../json.js';

/** UT-12: of one person, subscription groups included. */
export const MAX_PERSON_ATTRIBUTES = 2_000;
export const MAX_PERSON_BYTES = 1_048_576;

/**
 * Why a person's attributes may not become `after`; null when they may. Whoever has more already may have less, or others
 * of the same size.
 */
export function whyTooMuch(before: JsonObject, after: JsonObject): string | null {
  const count = Object.keys(after).length;
  if (count > MAX_PERSON_ATTRIBUTES && count > Object.keys(before).length)
    return `The person would have more than ${MAX_PERSON_ATTRIBUTES} attributes`;
  if (mostJsonBytes(after) <= MAX_PERSON_BYTES) return null;
  const bytes = jsonBytes(after);
  return bytes > MAX_PERSON_BYTES && bytes > jsonBytes(before)
    ? `The person's attributes would exceed ${MAX_PERSON_BYTES / 1_048_576} MB`
    : null;
}
