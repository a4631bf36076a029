// A person's day of birth: kept as a date alone, whatever the caller sends with it.
import type { Json } from '../json.js';
import { type CalendarDate, readDate } from '../timing/calendarDate.js';
import { parseInstant } from './parseInstant.js';
import { type Profile, profileValue } from './profile.js';

/** Its name as an attribute. */
export const BIRTH_DATE = 'dob';

/** `YYYY-MM-DD` of a date that there is, with or without a time; null of anything else. */
export function birthDateText(value: Json): string | null {
  return typeof value === 'string' && parseInstant(value) !== null ? value.slice(0, 10) : null;
}

/** Null: the person has none, or one from before it was checked that is no date. */
export function birthDateOf(profile: Profile): CalendarDate | null {
  const value = profileValue(profile, BIRTH_DATE);
  return typeof value === 'string' ? readDate(value) : null;
}
