import type { z } from 'zod';
import { type Json, type JsonObject, jsonBytes, mostJsonBytes } from '../../../domain/json.js';
import {
  type AttributeChange,
  isJsonArray,
  isJsonObject,
  readAttributeChange,
} from '../../../domain/profile/attributes/attributeChange.js';
import { isEmail } from '../../../domain/profile/contact.js';
import type { ReadTime } from '../../../domain/profile/parseInstant.js';
import { readSubscriptionGroups } from '../../../domain/profile/subscriptionGroup.js';
import type { Incoming, IncomingEvent, InputArray, ItemError, LeftOut } from '../../../stream/incoming.js';
import { Slices } from '../../../telemetry/slices.js';
import { readJson } from '../readJson.js';
import { EMAIL_FORM, readPerson, withTextIds } from './trackIdentity.js';
import {
  attributesItem,
  customEventItem,
  MAX_ATTRIBUTES,
  MAX_ITEM_BYTES,
  MAX_ITEMS,
  MAX_NAME_LENGTH,
  MAX_PROPERTIES,
  MAX_PROPERTIES_BYTES,
  purchaseItem,
  sessionItem,
} from './trackItems.js';

/**
 * Reads the body of `POST /users/track` (UT-01…UT-10). The whole body is refused only for its shape and size;
 * every item is judged alone, so a hostile one never harms the others. Whether a person exists is not known here.
 */
export type ParsedTrack =
  | { readonly kind: 'refused'; readonly message: string; readonly errors: readonly ItemError[] }
  | {
      readonly kind: 'parsed';
      readonly incoming: readonly Incoming[];
      readonly errors: readonly ItemError[];
      /** Which arrays were sent: each has its count in the answer (UT-03). */
      readonly present: Readonly<Record<InputArray, boolean>>;
    };

const INPUT_ARRAYS = ['attributes', 'events', 'purchases'] as const satisfies readonly InputArray[];
export const NO_VALID_ITEM = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.";

export function parseTrack(body: unknown): ParsedTrack {
  const reading = readTrack(body);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

/** The same, without holding up others for longer than one item takes. */
export async function parseTrackInSlices(body: unknown): Promise<ParsedTrack> {
  const reading = readTrack(body);
  const slices = new Slices();
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
    if (slices.isOver) await slices.giveWay();
  }
}

/** Stops after each item. */
function* readTrack(body: unknown): Generator<undefined, ParsedTrack> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refused(NO_VALID_ITEM);
  const arrays = new Map<string, unknown>(Object.entries(body));
  const incoming: Incoming[] = [];
  const errors: ItemError[] = [];
  const present = { attributes: false, events: false, purchases: false };
  for (const inputArray of INPUT_ARRAYS) {
    const items = arrays.get(inputArray);
    if (items === undefined || items === null) continue;
    if (!Array.isArray(items)) return refused(`'${inputArray}' must be an array of objects`);
    if (items.length > MAX_ITEMS) return refused('Max Input Length Exceeded');
    present[inputArray] = true;
    for (const [index, item] of items.entries()) {
      const read = readTrackItem(inputArray, index, item);
      if (typeof read === 'string') errors.push({ type: read, input_array: inputArray, index });
      else incoming.push(read);
      yield;
    }
  }
  if (incoming.length === 0) return refused(NO_VALID_ITEM, errors);
  return { kind: 'parsed', incoming, errors, present };
}

function refused(message: string, errors: readonly ItemError[] = []): ParsedTrack {
  return { kind: 'refused', message, errors };
}

/** The item, or the text of its error. An import judges its lines by the same. */
export function readTrackItem(inputArray: InputArray, index: number, raw: unknown): Incoming | string {
  const json = readJson(withTextIds(raw));
  if (!json.ok) return json.message;
  if (!isJsonObject(json.value)) return 'Every item must be an object';

  const person = readPerson(json.value);
  if (typeof person === 'string') return person;
  const { identity, updateExistingOnly } = person;
  const base = { inputArray, index, identity, updateExistingOnly };
  switch (inputArray) {
    case 'attributes':
      return readAttributes(json.value, base);
    case 'events':
      return json.value.kind === 'session' ? readSession(json.value, base) : readCustomEvent(json.value, base);
    case 'purchases':
      return readPurchase(json.value, base);
  }
}

type Base = Pick<Incoming, 'inputArray' | 'index' | 'identity' | 'updateExistingOnly'>;

/** The item fields that are no attributes. */
const CONTROL_FIELDS: ReadonlySet<string> = new Set([
  'external_id',
  'user_alias',
  'braze_id',
  '_update_existing_only',
  '_merge_objects',
  'push_token_import',
  'app_id',
]);

function readAttributes(item: JsonObject, base: Base): Incoming | string {
  if (isLongerThan(item, MAX_ITEM_BYTES)) return `An object must not exceed ${MAX_ITEM_BYTES / 1024} KB`;
  if (countAttributes(item) > MAX_ATTRIBUTES) return `An object must not have more than ${MAX_ATTRIBUTES} attributes`;
  const parsed = attributesItem.safeParse(item);
  if (!parsed.success) return firstMessage(parsed.error);
  const changes: AttributeChange[] = [];
  const malformed: LeftOut[] = [];
  for (const [name, value] of Object.entries(item)) {
    // An address that only names the person does not rewrite the one that is stored.
    if (CONTROL_FIELDS.has(name) || name === base.identity.kind) continue;
    if (!isName(name)) return `Attribute names must have 1 to ${MAX_NAME_LENGTH} characters and not start with '$'`;
    if (name === 'subscription_groups') {
      const groups = readSubscriptionGroups(value, 'rest_api');
      if (groups === null) return SUBSCRIPTION_GROUPS_FORM;
      changes.push(...groups);
      continue;
    }
    if (name === 'email' && value !== null && !isEmail(value)) return EMAIL_FORM;
    const change = readAttributeChange(name, value, parsed.data._merge_objects ?? false);
    if (change !== null) changes.push(change);
    else malformed.push({ field: name, message: OPERATORS_FORM });
  }
  return { ...base, kind: 'attributes', changes, ...(malformed.length === 0 ? {} : { malformed }) };
}

/** UT-12: each subscription group counts as one. */
function countAttributes(item: JsonObject): number {
  const groups = item.subscription_groups;
  const names = Object.keys(item).filter((name) => !CONTROL_FIELDS.has(name) && name !== 'subscription_groups');
  return names.length + (groups !== undefined && isJsonArray(groups) ? groups.length : 0);
}

const OPERATORS_FORM =
  "was left as it is: its operators are not those of 'inc', 'add' and 'remove', or '$add', '$remove' and '$update'";
const SUBSCRIPTION_GROUPS_FORM =
  "'subscription_groups' must be a list of objects with 'subscription_group_id' and 'subscription_state' (subscribed or unsubscribed)";

function readCustomEvent(item: JsonObject, base: Base): Incoming | string {
  if (item.kind !== undefined && item.kind !== 'custom') return "'kind' must be 'custom' or 'session'";
  const parsed = customEventItem.safeParse(item);
  if (!parsed.success) return firstMessage(parsed.error);
  const { name, time } = parsed.data;
  return readEvent(item, base, { kind: 'custom', name, time, reserved: EVENT_RESERVED });
}

function readSession(item: JsonObject, base: Base): Incoming | string {
  const parsed = sessionItem.safeParse(item);
  if (!parsed.success) return firstMessage(parsed.error);
  return readEvent(item, base, { kind: 'session', name: '', time: parsed.data.time, reserved: EVENT_RESERVED });
}

function readPurchase(item: JsonObject, base: Base): Incoming | string {
  const parsed = purchaseItem.safeParse(item);
  if (!parsed.success) return firstMessage(parsed.error);
  const { product_id, currency, price, quantity = 1, time } = parsed.data;
  const event = readEvent(item, base, { kind: 'purchase', name: product_id, time, reserved: EVENT_RESERVED });
  if (typeof event === 'string') return event;
  const own = { product_id, currency: currency.toUpperCase(), price, quantity };
  return { ...event, properties: { ...event.properties, ...own } };
}

const EVENT_RESERVED: readonly string[] = ['time', 'event_name'];

interface EventForm {
  readonly kind: IncomingEvent['kind'];
  readonly name: string;
  readonly time: ReadTime;
  readonly reserved: readonly string[];
}

function readEvent(item: JsonObject, base: Base, { kind, name, time, reserved }: EventForm): IncomingEvent | string {
  const properties = readProperties(item.properties ?? {}, reserved);
  if (typeof properties === 'string') return properties;
  const eventId = typeof item.event_id === 'string' ? item.event_id : null;
  // Field by field: copying an object with `...` cost more here than all the rest of reading an event (measured: 7 us of 12).
  const { inputArray, index, identity, updateExistingOnly } = base;
  const { at, isWholeSecond } = time;
  return { inputArray, index, identity, updateExistingOnly, kind, name, time: at, isWholeSecond, properties, eventId };
}

/** UT-06. */
export function readProperties(value: Json, reserved: readonly string[]): JsonObject | string {
  if (!isJsonObject(value)) return "Invalid 'properties' field";
  const names = Object.keys(value);
  if (!names.every(isName) || names.some((name) => reserved.includes(name))) return "Invalid 'properties' field";
  if (isLongerThan(value, MAX_PROPERTIES_BYTES)) {
    return `'properties' must not exceed ${MAX_PROPERTIES_BYTES / 1024} KB`;
  }
  return names.length > MAX_PROPERTIES ? Object.fromEntries(Object.entries(value).slice(0, MAX_PROPERTIES)) : value;
}

function isLongerThan(value: Json, bytes: number): boolean {
  return mostJsonBytes(value) > bytes && jsonBytes(value) > bytes;
}

function isName(name: string): boolean {
  return name.length >= 1 && name.length <= MAX_NAME_LENGTH && !name.startsWith('$');
}

function firstMessage(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'Invalid item';
}
