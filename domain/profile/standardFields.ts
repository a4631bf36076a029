/**
 * The fields of a profile that have a column of their own, in one table: how callers name each, where it is stored, and
 * which values it takes. Whatever reads or writes profiles goes by it, so that a new field is a line here and a migration.
 */
import type { Json } from '../json.js';
import { canonicalZone } from '../timing/canonicalZone.js';
import { isEmail, isPhone } from './contact.js';
import { parseInstant } from './parseInstant.js';
import { SUBSCRIPTION_STATES, type SubscriptionState } from './subscriptionStates.js';

export interface StandardFields {
  readonly externalId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** IANA zone, null when unknown: the workspace's zone then holds. */
  readonly timeZone: string | null;
  readonly emailSubscription: SubscriptionState;
  readonly pushSubscription: SubscriptionState;
  /** Since when the state is what it is (SG-14); null: nothing has changed it since that is kept. */
  readonly emailSubscriptionSince: string | null;
  readonly pushSubscriptionSince: string | null;
  /** Null before it is stored. */
  readonly createdAt: string | null;
  /** 0 to 9999, drawn once for each person, for good (SG-15); null before it is stored. */
  readonly randomBucket: number | null;
}

/** Of a person of whom nothing is known. */
export const NO_FIELDS: StandardFields = {
  externalId: null,
  email: null,
  phone: null,
  timeZone: null,
  emailSubscription: 'subscribed',
  pushSubscription: 'subscribed',
  emailSubscriptionSince: null,
  pushSubscriptionSince: null,
  createdAt: null,
  randomBucket: null,
};

type FieldKey = keyof StandardFields;
type Draft = { -readonly [K in FieldKey]: StandardFields[K] };

export interface StandardField {
  /** As `/users/track`, filters and templates name it. */
  readonly name: string;
  /** Of the table `users`. */
  readonly column: string;
  /** Null: attributes do not change it. */
  readonly settable: {
    /** The changed fields; null where the value is not allowed. */
    set(fields: StandardFields, value: Json): StandardFields | null;
    /** What callers are told of a value that is not allowed. */
    readonly refusal: string;
  } | null;
  /** Whether it is written with the profile though attributes do not change it: it follows from what does. */
  readonly isDerived: boolean;
  /** Whether its values are instants, as ISO 8601 in UTC. */
  readonly isInstant: boolean;
  valueOf(fields: StandardFields): Json;
  /** Puts in what is stored; anything else counts as nothing known. */
  restore(draft: Draft, stored: Json): void;
}

interface FieldSpec<V> {
  readonly name: string;
  readonly column?: string;
  /** Undefined where the value is not allowed. Absent: attributes do not change the field. */
  readonly parse?: (value: Json) => V | undefined;
  readonly refusal?: string;
  readonly isDerived?: boolean;
  readonly isInstant?: boolean;
  /** Undefined where the value is none that can have been stored. */
  readonly stored: (value: Json) => V | undefined;
}

function field<K extends FieldKey>(key: K, spec: FieldSpec<StandardFields[K]>): StandardField {
  const { name, column = name, parse, refusal = '', isDerived = false, isInstant = false, stored } = spec;
  return {
    name,
    column,
    settable: parse === undefined ? null : { set: (fields, value) => withValue(fields, key, parse(value)), refusal },
    isDerived,
    isInstant,
    valueOf: (fields) => fields[key],
    restore: (draft, value) => {
      draft[key] = stored(value) ?? NO_FIELDS[key];
    },
  };
}

function withValue<K extends FieldKey>(
  fields: StandardFields,
  key: K,
  value: StandardFields[K] | undefined,
): StandardFields | null {
  if (value === undefined) return null;
  const draft: Draft = { ...fields };
  draft[key] = value;
  return draft;
}

const text = (value: Json) => (typeof value === 'string' ? value : null);
const orNull = (isAllowed: (value: Json) => value is string) => (value: Json) =>
  value === null || isAllowed(value) ? value : undefined;
const state = (value: Json) => SUBSCRIPTION_STATES.find((known) => known === value);
const STATES = `is not one of ${SUBSCRIPTION_STATES.join(', ')}: the state stays as it was`;

/** Rows have epoch ms, JSON what PostgreSQL makes of an instant, and changes what `valueOf` gives. */
function instantText(value: Json): string | null {
  const at = typeof value === 'string' ? parseInstant(value) : value;
  return typeof at === 'number' ? new Date(at).toISOString() : null;
}

function zone(value: Json): string | null | undefined {
  if (value === null) return null;
  return (typeof value === 'string' ? canonicalZone(value) : null) ?? undefined;
}

const TABLE: { readonly [K in FieldKey]: StandardField } = {
  externalId: field('externalId', { name: 'external_id', stored: text }),
  email: field('email', {
    name: 'email',
    parse: orNull(isEmail),
    refusal: 'is not a valid e-mail address: the address stays as it was',
    stored: text,
  }),
  phone: field('phone', {
    name: 'phone',
    parse: orNull(isPhone),
    refusal: 'is not one phone number: the number stays as it was',
    stored: text,
  }),
  timeZone: field('timeZone', {
    name: 'time_zone',
    parse: zone,
    refusal: 'is not a time zone (an IANA name such as Europe/Paris): the zone stays as it was',
    stored: text,
  }),
  emailSubscription: field('emailSubscription', {
    name: 'email_subscribe',
    column: 'email_subscription',
    parse: state,
    refusal: STATES,
    stored: state,
  }),
  pushSubscription: field('pushSubscription', {
    name: 'push_subscribe',
    column: 'push_subscription',
    parse: state,
    refusal: STATES,
    stored: state,
  }),
  emailSubscriptionSince: field('emailSubscriptionSince', {
    name: 'email_subscription_since',
    isDerived: true,
    isInstant: true,
    stored: instantText,
  }),
  pushSubscriptionSince: field('pushSubscriptionSince', {
    name: 'push_subscription_since',
    isDerived: true,
    isInstant: true,
    stored: instantText,
  }),
  // Not by the column's name, under which callers send attributes of their own.
  createdAt: field('createdAt', {
    name: 'profile_created_at',
    column: 'created_at',
    isInstant: true,
    stored: instantText,
  }),
  randomBucket: field('randomBucket', {
    name: 'random_bucket',
    stored: (value) => (typeof value === 'number' ? value : null),
  }),
};

export const STANDARD_FIELDS: readonly StandardField[] = Object.values(TABLE);

const BY_NAME: ReadonlyMap<string, StandardField> = new Map(STANDARD_FIELDS.map((each) => [each.name, each]));

/** Undefined: what is so named lives among the attributes. */
export function standardField(name: string): StandardField | undefined {
  return BY_NAME.get(name);
}

/** Every field, from what is stored of it. */
export function restoreFields(stored: (field: StandardField) => Json): StandardFields {
  const draft: Draft = { ...NO_FIELDS };
  for (const each of STANDARD_FIELDS) each.restore(draft, stored(each));
  return draft;
}

/** The fields with what was stored of one of them. */
export function restoreField(fields: StandardFields, one: StandardField, stored: Json): StandardFields {
  const draft: Draft = { ...fields };
  one.restore(draft, stored);
  return draft;
}
