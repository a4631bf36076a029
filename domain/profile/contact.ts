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
