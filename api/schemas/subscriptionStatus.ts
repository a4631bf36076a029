import { z } from 'zod';
import { isEmail, isPhone } from '../../domain/profile/contact.js';
import { GROUP_STATES } from '../../domain/profile/subscriptionStates.js';
import { digitsOf } from '../../domain/schema/exactJson.js';
import { keyText } from '../../domain/schema/key.js';
import type { Identity } from '../../stream/incoming.js';
import { readJson } from './readJson.js';
import { isExternalId } from './track/trackIdentity.js';

/** The body of `POST /subscription/status/set` (ID-08): one group, one state, up to 50 people. */
const MAX_PEOPLE = 50;

const name = z
  .union([z.string(), z.number()])
  .meta({ description: 'External ids have 1 to 987 bytes; a number counts as its decimal text' });
const names = z.union([name, z.array(name).max(MAX_PEOPLE)]);

export const subscriptionStatusBody = z
  .looseObject({
    subscription_group_id: keyText,
    subscription_state: z.enum(GROUP_STATES),
    external_id: names.nullish(),
    email: names.nullish(),
    phone: names.nullish(),
  })
  .meta({ id: 'SubscriptionStatus' });

export const subscriptionStatusAnswer = z
  .object({ message: z.literal('success'), unknown: z.int().optional() })
  .meta({ id: 'SubscriptionStatusAnswer', description: '`unknown`: how many of those named are nobody we know' });

export interface SubscriptionStatus {
  readonly group: string;
  readonly state: (typeof GROUP_STATES)[number];
  readonly people: readonly Identity[];
}

/** The text of what is wrong, or what is asked for. */
export function readSubscriptionStatus(body: unknown): SubscriptionStatus | string {
  const json = readJson(withTextNames(body));
  if (!json.ok) return json.message;
  const parsed = subscriptionStatusBody.safeParse(json.value);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0];
    return FORMS[String(field)] ?? 'The body must be an object';
  }
  const { subscription_group_id: group, subscription_state: state, external_id, email, phone } = parsed.data;
  if (isGiven(email) && isGiven(phone)) {
    return 'Either an email address or a phone number should be provided, but not both.';
  }
  const people: readonly Identity[] = [
    ...listOf(external_id).map((value): Identity => ({ kind: 'externalId', value })),
    ...listOf(email).map((value): Identity => ({ kind: 'email', value })),
    ...listOf(phone).map((value): Identity => ({ kind: 'phone', value })),
  ];
  if (people.length === 0) return "'external_id', 'email' or 'phone' is required";
  if (people.length > MAX_PEOPLE) return `A request may name at most ${MAX_PEOPLE} people`;
  if (!people.every(isName)) return FORMS.external_id ?? '';
  return { group, state, people };
}

const NAMES_FORM = `'external_id', 'email' and 'phone' must be a valid name each, or a list of at most ${MAX_PEOPLE}`;
const FORMS: Readonly<Record<string, string>> = {
  subscription_group_id: "'subscription_group_id' must be 1 to 100 of a-z, 0-9, - and _",
  subscription_state: `'subscription_state' must be one of ${GROUP_STATES.join(', ')}`,
  external_id: NAMES_FORM,
  email: NAMES_FORM,
  phone: NAMES_FORM,
};

type Names = z.output<typeof names> | null | undefined;

function isGiven(value: Names): value is z.output<typeof names> {
  return value !== undefined && value !== null;
}

function listOf(value: Names): readonly string[] {
  if (!isGiven(value)) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** The body with numbers among the names as their decimal texts, with all their digits. */
function withTextNames(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const given = new Map<string, unknown>(Object.entries(body));
  for (const field of ['external_id', 'phone']) {
    const value = given.get(field);
    if (value !== undefined) given.set(field, Array.isArray(value) ? value.map(asText) : asText(value));
  }
  return Object.fromEntries(given);
}

function asText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : (digitsOf(value) ?? value);
}

function isName(identity: Identity): boolean {
  switch (identity.kind) {
    case 'email':
      return isEmail(identity.value);
    case 'phone':
      return isPhone(identity.value);
    case 'externalId':
      return isExternalId(identity.value);
    case 'alias':
    case 'userId':
      return false;
  }
}
