/** Why a change of a profile was not taken, or took a value away, as callers of `/users/track` are told. */
import { DEVICES, DEVICES_FORM } from '../../device/devices.js';
import { PUSH_TOKENS, PUSH_TOKENS_FORM } from '../../device/pushTokens.js';
import type { Json } from '../../json.js';
import { BIRTH_DATE } from '../birthDate.js';
import { standardField } from '../standardFields.js';
import type { AttributeChange } from './attributeChange.js';
import { MAX_ARRAY_LENGTH, MAX_ATTRIBUTE_BYTES, MAX_STRING_LENGTH } from './customValue.js';

/** Of a change that was not taken. */
export function whyLeftOut({ name, kind }: AttributeChange): string {
  const field = standardField(name);
  if (field !== undefined && field.settable !== null) return field.settable.refusal;
  if (name === BIRTH_DATE) return 'is not a date such as 1990-12-24: the day of birth stays as it was';
  if (name === DEVICES) return DEVICES_FORM;
  if (name === PUSH_TOKENS) return PUSH_TOKENS_FORM;
  if (name === 'current_location') return 'is not a position (longitude and latitude): the position stays as it was';
  switch (kind) {
    case 'increment':
      return "was not raised: 'inc' is for numbers, and the sum must be one whose digits can be kept";
    case 'editArray':
      return "was not edited: 'add' and 'remove' are for lists of values that can be kept";
    case 'editObjects':
      return "was not edited: '$add', '$remove' and '$update' are for lists of objects that can be kept, and not for too many of them at a time";
    case 'merge':
    case 'set':
      return `cannot be kept: names in it have 1 to ${MAX_STRING_LENGTH} characters and no leading '$', lists at most ${MAX_ARRAY_LENGTH} values, all at most ${MAX_ATTRIBUTE_BYTES / 1024} KB; names and places are texts`;
  }
}

/** Of one that emptied a field, though it named a value. */
export function whyEmptied(change: AttributeChange, after: Json | undefined): string | null {
  const isEmptied = change.name === 'country' && change.kind === 'set' && change.value !== null && after === undefined;
  return isEmptied ? 'is no country (ISO 3166-1 alpha-2, or an English name): stored as none' : null;
}
