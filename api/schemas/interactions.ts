import { z } from 'zod';
import {
  CONVERSION_INDEX,
  INTERACTION_TYPE,
  INTERACTIONS,
  MAX_CONVERSION_EVENTS,
} from '../../domain/event/interaction.js';
import type { JsonObject } from '../../domain/json.js';
import { isJsonObject } from '../../domain/profile/attributes/attributeChange.js';
import { keyText } from '../../domain/schema/key.js';
import type { Incoming } from '../../stream/incoming.js';
import { readJson } from './readJson.js';
import { readProperties } from './track/track.js';
import { readPerson, withTextIds } from './track/trackIdentity.js';
import { eventId, MAX_ITEMS, person, properties, time } from './track/trackItems.js';

/**
 * Reads the body of `POST /v1/interactions`: what people did with the messages of campaigns, as other systems saw it.
 * Items are judged one by one, as in track; here nobody is created.
 */
const base = {
  ...person,
  _update_existing_only: z.literal(true).optional(),
  event_id: eventId.meta({ description: 'Your own id of this occurrence: it is recorded once per id' }),
  campaign: keyText.meta({ description: 'The key of the campaign' }),
  time,
  properties,
};

const interactionItem = z
  .strictObject({ ...base, interaction: z.enum(INTERACTIONS) })
  .meta({ id: 'Interaction', description: 'Somebody opened, viewed or clicked a message of the campaign' });

const conversionItem = z
  .strictObject({
    ...base,
    conversion: z
      .int()
      .min(0)
      .max(MAX_CONVERSION_EVENTS - 1)
      .meta({ description: 'Which conversion event of the campaign: 0 is the primary one' }),
  })
  .meta({ id: 'Conversion', description: 'Somebody who received the campaign did one of its conversion events' });

export const interactionsBody = z
  .object({
    interactions: z
      .array(z.union([interactionItem, conversionItem]))
      .min(1)
      .max(MAX_ITEMS),
  })
  .meta({ id: 'InteractionsBody' });

export const interactionsAnswer = z
  .object({
    accepted: z.int().meta({ description: 'How many are recorded now, those recorded before included' }),
    errors: z.array(z.object({ index: z.int(), message: z.string() })),
  })
  .meta({ id: 'InteractionsAnswer' });

export interface InteractionError {
  readonly index: number;
  readonly message: string;
}

export type ReadInteractions =
  | { readonly ok: false; readonly message: string }
  | { readonly ok: true; readonly incoming: readonly Incoming[]; readonly errors: readonly InteractionError[] };

export function readInteractions(body: unknown): ReadInteractions {
  const items = typeof body === 'object' && body !== null && 'interactions' in body ? body.interactions : undefined;
  if (!Array.isArray(items) || items.length === 0 || items.length > MAX_ITEMS) {
    return { ok: false, message: `'interactions' must be an array of 1 to ${MAX_ITEMS} objects` };
  }
  const incoming: Incoming[] = [];
  const errors: InteractionError[] = [];
  items.forEach((item: unknown, index) => {
    const read = readItem(item, index);
    if (typeof read === 'string') errors.push({ index, message: read });
    else incoming.push(read);
  });
  return { ok: true, incoming, errors };
}

/** The item, or the text of its error, which never quotes the input. */
function readItem(raw: unknown, index: number): Incoming | string {
  const json = readJson(withTextIds(raw));
  if (!json.ok) return json.message;
  if (!isJsonObject(json.value)) return 'Every item must be an object';
  const isConversion = 'conversion' in json.value;
  const parsed = (isConversion ? conversionItem : interactionItem).safeParse(json.value);
  if (!parsed.success) return problemText(parsed.error);
  const named = readPerson(json.value);
  if (typeof named === 'string') return named;
  const given = readProperties(json.value.properties ?? {}, [INTERACTION_TYPE, CONVERSION_INDEX]);
  if (typeof given === 'string') return given;
  const own: JsonObject =
    'conversion' in parsed.data
      ? { [CONVERSION_INDEX]: parsed.data.conversion }
      : { [INTERACTION_TYPE]: parsed.data.interaction };
  return {
    identity: named.identity,
    inputArray: 'events',
    index,
    updateExistingOnly: true,
    kind: isConversion ? 'converted' : 'interaction',
    name: parsed.data.campaign,
    time: parsed.data.time.at,
    isWholeSecond: parsed.data.time.isWholeSecond,
    properties: { ...given, ...own },
    eventId: parsed.data.event_id,
  };
}

function problemText(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'Invalid item';
  if (issue.code === 'unrecognized_keys') return 'An item has only the fields that the documentation lists';
  const field = issue.path.map(String).join('.');
  if (issue.code === 'invalid_value') return `'${field}' must be one of ${issue.values.map(String).join(', ')}`;
  return issue.message.startsWith("'") ? issue.message : `'${field}' is not valid`;
}
