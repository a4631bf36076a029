import { z } from 'zod';
import { isCurrency } from '../../../domain/money/currency.js';
import { parseTime } from '../../../domain/profile/parseInstant.js';

/**
 * One item of each array of `POST /users/track`, as published in the OpenAPI document and as validated.
 * A message is the `type` of the item's error (UT-04), so none may quote the input.
 */
export const MAX_ITEMS = 75;
export const MAX_NAME_LENGTH = 255;
export const MAX_PROPERTIES = 256;
export const MAX_PROPERTIES_BYTES = 100 * 1024;
export const MAX_ITEM_BYTES = 100 * 1024;
/** UT-12. */
export const MAX_ATTRIBUTES = 250;
export const MAX_EXTERNAL_ID_BYTES = 987;

const identifier = (field: string) =>
  z
    .string({ error: `'${field}' must be a string of 1 to ${MAX_NAME_LENGTH} characters` })
    .min(1, { error: `'${field}' must be a string of 1 to ${MAX_NAME_LENGTH} characters` })
    .max(MAX_NAME_LENGTH, { error: `'${field}' must be a string of 1 to ${MAX_NAME_LENGTH} characters` });

/** The name of an event, product, property or attribute. */
const name = (field: string) =>
  z
    .string({
      error: (issue) => (issue.input === undefined ? `'${field}' is required` : `'${field}' must be a string`),
    })
    .min(1, { error: `'${field}' is required` })
    .max(MAX_NAME_LENGTH, { error: `'${field}' must have at most ${MAX_NAME_LENGTH} characters` })
    .regex(/^[^$]/, { error: `'${field}' must not start with '$'` });

/** Read as epoch milliseconds, and whether without a fraction of a second. */
export const time = z
  .string({ error: (issue) => (issue.input === undefined ? "'time' is required" : TIME_FORM) })
  .transform((text, { issues }) => {
    const read = parseTime(text);
    if (read === null) issues.push({ code: 'custom', message: TIME_FORM, input: text });
    return read ?? { at: 0, isWholeSecond: false };
  })
  .meta({
    description:
      'ISO 8601, or yyyy-MM-ddTHH:mm:ss:SSSZ, or MM/dd/yyyy; UTC when it has no zone; a future time is taken as now. ' +
      'Without a fraction of a second it means some time within that second',
    examples: ['2026-03-06T10:00:00Z'],
  });
const TIME_FORM = "'time' must be an ISO 8601 date and time, as 2026-03-06T10:00:00Z";

export const person = {
  external_id: z
    .union([z.string(), z.number()])
    .nullish()
    .meta({ description: `A text of 1 to ${MAX_EXTERNAL_ID_BYTES} bytes; a number counts as its decimal text` }),
  user_alias: z
    .looseObject(
      { alias_label: z.union([z.string(), z.number()]), alias_name: z.union([z.string(), z.number()]) },
      { error: "'user_alias' must be an object with 'alias_label' and 'alias_name'" },
    )
    .nullish(),
  braze_id: z.unknown().optional().meta({
    description:
      "Rappel's own id of the person, as GET /v1/users/{external_id} shows it; ignored beside another identifier",
  }),
  email: z.string().nullable().optional(),
  phone: z.string().nullable().optional(),
  _update_existing_only: z
    .boolean({ error: "'_update_existing_only' must be true or false" })
    .optional()
    .meta({ description: 'true: never create the person. Default false, for aliases true' }),
};

export const properties = z
  // Not a record, which would look at every name once more: `readProperties` does.
  .looseObject({}, { error: "Invalid 'properties' field" })
  .nullish()
  .meta({
    description: `At most ${MAX_PROPERTIES} (extra ones are ignored), ${MAX_PROPERTIES_BYTES / 1024} KB in all`,
  });

export const eventId = identifier('event_id');

const optionalEventId = eventId.optional().meta({
  description:
    'Your own id of this occurrence: an event is recorded once per id. Without it every object is a new occurrence',
});

export const attributesItem = z
  .looseObject({
    ...person,
    _merge_objects: z.boolean({ error: "'_merge_objects' must be true or false" }).optional(),
  })
  .meta({
    id: 'TrackAttributes',
    description: `Every other field is an attribute, at most ${MAX_ATTRIBUTES}; null removes it`,
  });

export const customEventItem = z
  .object({
    ...person,
    kind: z.literal('custom').optional(),
    name: name('name'),
    time,
    event_id: optionalEventId,
    properties,
  })
  .meta({ id: 'TrackEvent' });

export const sessionItem = z
  .looseObject({ ...person, kind: z.literal('session'), time, event_id: optionalEventId, properties })
  .meta({ id: 'TrackSessionStart', description: 'A session start; one made offline carries its own time' });

const CURRENCY_FORM = "'currency' must be an ISO 4217 code, as EUR";

/** Far beyond any price, and small enough that sums of them stay finite. */
const MAX_PRICE = 1e15;
const PRICE_FORM = "'price' must be a number between -1e15 and 1e15";

export const purchaseItem = z
  .looseObject({
    ...person,
    product_id: name('product_id'),
    currency: z
      .string({ error: (issue) => (issue.input === undefined ? "'currency' is required" : CURRENCY_FORM) })
      .refine(isCurrency, { error: CURRENCY_FORM }),
    price: z
      .number({ error: (issue) => (issue.input === undefined ? "'price' is required" : PRICE_FORM) })
      .min(-MAX_PRICE, { error: PRICE_FORM })
      .max(MAX_PRICE, { error: PRICE_FORM }),
    quantity: z
      .int({ error: "'quantity' must be a whole number from 1 to 100" })
      .min(1, { error: "'quantity' must be a whole number from 1 to 100" })
      .max(100, { error: "'quantity' must be a whole number from 1 to 100" })
      .optional(),
    time,
    event_id: optionalEventId,
    properties,
  })
  .meta({
    id: 'TrackPurchase',
    description: 'Counts as `quantity` purchases (default 1); revenue is price × quantity',
  });

/** The body as documented. Items are validated one by one, so that a bad one does not refuse its neighbours. */
export const trackBody = z
  .looseObject({
    attributes: z.array(attributesItem).max(MAX_ITEMS).nullish(),
    events: z
      .array(z.union([customEventItem, sessionItem]))
      .max(MAX_ITEMS)
      .nullish(),
    purchases: z.array(purchaseItem).max(MAX_ITEMS).nullish(),
  })
  .meta({
    id: 'TrackBody',
    description:
      'Every object names its person by one of external_id, user_alias, braze_id, email or phone (the first of external_id, user_alias, email, phone, braze_id that is there). ' +
      'Where an object repeats a JSON name, the last one counts.',
  });

const itemPlace = { input_array: z.enum(['attributes', 'events', 'purchases']), index: z.int() };
const itemError = z.object({ type: z.string(), ...itemPlace });

export const trackAnswer = z
  .object({
    message: z.literal('success'),
    attributes_processed: z.int().optional(),
    events_processed: z.int().optional(),
    purchases_processed: z.int().optional(),
    errors: z.array(itemError).optional(),
    warnings: z
      .array(z.object({ ...itemPlace, field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What was left out of items that were processed' }),
    skipped: z
      .array(z.object(itemPlace))
      .optional()
      .meta({ description: 'Items about people who do not exist and whom they may not create; counted as processed' }),
    repeated: z
      .int()
      .optional()
      .meta({ description: 'How many events were recorded before, under the same event_id; not counted as processed' }),
  })
  .meta({ id: 'TrackAnswer', description: 'The recording is committed. Each count is there if its array was sent' });
