import type { Json, JsonObject } from '../../../domain/json.js';
import { isJsonObject } from '../../../domain/profile/attributes/attributeChange.js';
import { isEmail, isPhone } from '../../../domain/profile/contact.js';
import { digitsOf } from '../../../domain/schema/exactJson.js';
import type { Identity, Incoming } from '../../../stream/incoming.js';
import { isId } from '../paging.js';
import { MAX_EXTERNAL_ID_BYTES, MAX_NAME_LENGTH } from './trackItems.js';

/** Whom an item of `/users/track` is about (UT-01), and whether it may create that person (UT-05). */
const IDENTITY_REQUIRED = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required";
export const EMAIL_FORM = "The value provided for the 'email' field is not a valid email.";
export const EXTERNAL_ID_FORM = `'external_id' must be a text of 1 to ${MAX_EXTERNAL_ID_BYTES} bytes, or a number`;
export const ALIAS_FORM = `'user_alias' must be an object with 'alias_label' and 'alias_name', texts of 1 to ${MAX_NAME_LENGTH} characters, or numbers`;

/** Of nobody: an id that is none of ours. */
export const NOBODY = 0;

/** Fields that are ids: a number there means its decimal text, with all its digits. */
const IDS = ['external_id', 'braze_id', 'product_id', 'event_id'] as const;

/** The item with its ids as texts; what is no object stays as it is. */
export function withTextIds(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const alias: unknown = Reflect.get(item, 'user_alias');
  const fields = withTexts(item, IDS);
  if (typeof alias !== 'object' || alias === null) return fields;
  const named = withTexts(alias, ['alias_label', 'alias_name']);
  return named === alias ? fields : { ...fields, user_alias: named };
}

/** The object with the numbers under these names as their decimal texts; itself where there are none. */
export function withTexts(item: object, names: readonly string[]): object {
  let copied: Record<string, unknown> | null = null;
  for (const name of names) {
    const value: unknown = Reflect.get(item, name);
    const text = typeof value === 'number' ? String(value) : digitsOf(value);
    if (text === null || !Object.hasOwn(item, name)) continue;
    copied ??= { ...item };
    copied[name] = text;
  }
  return copied ?? item;
}

/** The first identifier that is there names the person; `braze_id` only where there is no other. */
export function readPerson(item: JsonObject): Pick<Incoming, 'identity' | 'updateExistingOnly'> | string {
  const identity = readIdentity(item);
  if (typeof identity === 'string') return identity;
  const asked = item._update_existing_only;
  if (asked !== undefined && typeof asked !== 'boolean') return "'_update_existing_only' must be true or false";
  return { identity, updateExistingOnly: asked ?? identity.kind === 'alias' };
}

function readIdentity(item: JsonObject): Identity | string {
  const { external_id: externalId, user_alias: alias, braze_id: brazeId, email, phone } = item;
  if (isGiven(externalId)) {
    return isExternalId(externalId) ? { kind: 'externalId', value: externalId } : EXTERNAL_ID_FORM;
  }
  if (isGiven(alias)) return readAlias(alias);
  if (isGiven(email)) return isEmail(email) ? { kind: 'email', value: email } : EMAIL_FORM;
  if (isGiven(phone)) return isPhone(phone) ? { kind: 'phone', value: phone } : "'phone' must be one phone number";
  if (isGiven(brazeId)) {
    const isOurs = typeof brazeId === 'string' && isId(brazeId);
    return { kind: 'userId', value: isOurs ? Number(brazeId) : NOBODY };
  }
  return IDENTITY_REQUIRED;
}

export function isGiven(value: Json | undefined): value is Exclude<Json, null> {
  return value !== undefined && value !== null;
}

export function isExternalId(value: Json): value is string {
  return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= MAX_EXTERNAL_ID_BYTES;
}

export function readAlias(alias: Json): Identity | string {
  if (!isJsonObject(alias)) return ALIAS_FORM;
  const { alias_label: label, alias_name: name } = alias;
  return isName(label) && isName(name) ? { kind: 'alias', label, name } : ALIAS_FORM;
}

/** Of a label or a name of an alias. */
export function isName(value: Json | undefined): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_NAME_LENGTH;
}
