// Tells moments that name their offset (an instant anywhere) from wall-clock moments, whose zone comes from elsewhere.
import { parseInstant } from '../profile/parseInstant.js';

const HAS_OFFSET = /[T ]\d{2}:\d{2}.*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$/;

/** Epoch ms of a date-time that names its offset, null of any other text. */
export function parseAbsolute(text: string): number | null {
  return HAS_OFFSET.test(text) ? parseInstant(text) : null;
}

/** Local ms (`localTime.ts`) of a date or date-time that names no offset, null of any other text. */
export function parseLocal(text: string): number | null {
  return !HAS_OFFSET.test(text) ? parseInstant(text) : null;
}
