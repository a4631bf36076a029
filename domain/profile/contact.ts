import type { Json } from '../json.js';

/** What may stand as a person's e-mail address or phone number, be it to find them or to write to them. */
const MAX_CONTACT_LENGTH = 255;

/** One address and nothing else: no spaces, commas, brackets or line breaks that would make it two, or a header. */
export function isEmail(value: Json): value is string {
  return (
    typeof value === 'string' && value.length <= MAX_CONTACT_LENGTH && /^[^\s@,;<>()"\\]+@[^\s@,;<>()"\\]+$/.test(value)
  );
}

export function isPhone(value: Json): value is string {
  return typeof value === 'string' && value.length <= MAX_CONTACT_LENGTH && /^\+?[\d ().\-/]{3,}$/.test(value);
}

/**
 * What addresses are compared by: A to Z in lower case, other letters as they are. EMAIL_KEY of
 * storage/queries/people/addressKeys.ts is the same in SQL: with either changed alone, an address no longer finds its person.
 */
export function emailKey(email: string): string {
  return email.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What phone numbers are compared by: their digits, and the `+` where it is written. PHONE_KEY is the same in SQL. */
export function phoneKey(phone: string): string {
  return phone.replace(/[ ().\-/]+/g, '');
}
