import { z } from 'zod';
import { isEmail, isPhone } from '../../domain/profile/contact.js';
import { GROUP_STATES } from '../../domain/profile/profile.js';
import { keyText } from '../../domain/schema/key.js';
import type { Identity } from '../../stream/incoming.js';
import { readJson } from './readJson.js';
import { MAX_NAME_LENGTH } from './trackItems.js';

/** The body of `POST /subscription/status/set` (ID-08): one group, one state, up to 50 people. */
const MAX_PEOPLE = 50;

const names = z.union([z.string().max(MAX_NAME_LENGTH), z.array(z.string().max(MAX_NAME_LENGTH)).max(MAX_PEOPLE)]);

export const subscriptionStatusBody = z
  .looseObject({
    subscription_group_id: keyText,
    subscription_state: z.enum(GROUP_STATES),
    external_id: names.optional(),
    email: names.optional(),
    phone: names.optional(),
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
  const json = readJson(body);
  if (!json.ok) return json.message;
  const parsed = subscriptionStatusBody.safeParse(json.value);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0];
    return FORMS[String(field)] ?? 'The body must be an object';
  }
  const { subscription_group_id: group, subscription_state: state, external_id, email, phone } = parsed.data;
  if (email !== undefined && phone !== undefined) {
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

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function isName(identity: Identity): boolean {
  switch (identity.kind) {
    case 'email':
      return isEmail(identity.value);
    case 'phone':
      return isPhone(identity.value);
    case 'externalId':
      return identity.value !== '';
    case 'alias':
    case 'userId':
      return false;
  }
}
