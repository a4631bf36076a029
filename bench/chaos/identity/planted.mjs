// Texts that exist nowhere else, each planted in one field of one person: where one turns up, that field is kept or told.
import { createHash } from 'node:crypto';

const TEXT = /cnry[0-9a-f]{16}/g;
const PHONE = /3368\d{9}/g;

/** The same for the same place, so that it may be made again; `places` tells of each text whose it is. */
export function createPlanter(seed) {
  const places = new Map();
  const hash = (person, field) => createHash('sha256').update(`${seed}/${person}/${field}`).digest('hex');
  const note = (text, person, field) => {
    places.set(text, { person, field });
    return text;
  };
  return {
    places,
    text: (person, field) => note(`cnry${hash(person, field).slice(0, 16)}`, person, field),
    /** Returned as it is written; it is looked for as it is compared, without the sign. */
    phone(person) {
      const digits = BigInt(`0x${hash(person, 'phone').slice(0, 12)}`).toString();
      return `+${note(`3368${digits.padStart(9, '7').slice(0, 9)}`, person, 'phone')}`;
    },
  };
}

/** The texts that are in it and look like planted ones: of digits there may be others. */
export function plantedIn(text) {
  return [...(text.match(TEXT) ?? []), ...(text.match(PHONE) ?? [])];
}
