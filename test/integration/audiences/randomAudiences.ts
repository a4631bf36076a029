// People and audiences at random: hostile strings, values of every type, instants at the edges of days.
import fc from 'fast-check';
import { type Filter, filterSchema } from '../../../domain/audience/filter.js';
import type { CountedKind } from '../../../domain/event/kinds.js';
import type { Total } from '../../../domain/facts/totals.js';
import type { Json, JsonObject } from '../../../domain/json.js';
import { absolute, DAY_MS, length, NOW, type Operators, offset, recency, someOf } from './randomParts.js';
import { boundedProfileLeaf, type PersonFields, personFields, profileLeaf } from './randomProfiles.js';

export const HOSTILE = [
  "'; drop table users; --",
  '$1',
  '%_\\',
  '{{x}}',
  '"',
  'ünï',
  '𝄞',
  'İ',
  'constructor',
  'null',
  '[]',
  '{a}',
  '\t',
  '1',
];
const WORDS = ['FR', 'fr', 'gold', 'a', ...HOSTILE];
const NAMES = [
  'country',
  'n',
  'list',
  'flag',
  'date',
  'email',
  'external_id',
  'time_zone',
  'email_subscribe',
  'email_subscription_since',
  'random_bucket',
  ...HOSTILE.slice(0, 4),
];
export const EVENTS = ['play', ...HOSTILE.slice(0, 3)];

export const CAMPAIGNS = [
  { key: 'one', tags: ['a', 'b'] },
  { key: 'two', tags: ['b'] },
  { key: 'three', tags: [] },
] as const;

const word = fc.constantFrom(...WORDS);
const name = fc.constantFrom(...NAMES);
const number = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.1, 1e300, 5e-324, 12_345_678_901),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const scalar: fc.Arbitrary<string | number | boolean> = fc.oneof(word, number, fc.boolean());
const wordOrNumber = fc.oneof(word, number);
const date = fc.constantFrom('2025-03-05', '2025-03-06T16:45:00Z', '2024-01-01T00:00+05:30', '2025-02-30', '20250306');
const value: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  date,
  fc.constant(null),
  fc.array(fc.oneof(scalar, fc.constant(null), fc.constant(['a'])), { maxLength: 4 }),
  fc.constant({ a: 'FR' }),
  // What paths lead into.
  fc.record({ a: fc.oneof(scalar, fc.constant(null)), b: fc.array(scalar, { maxLength: 2 }) }),
  fc.array(
    fc.oneof(fc.record({ a: scalar, b: scalar }, { requiredKeys: [] }), fc.constant(null), fc.constant('loose')),
    { maxLength: 3 },
  ),
);

export interface Person extends Omit<PersonFields, 'ownAttributes'> {
  readonly externalId: string | null;
  readonly email: string | null;
  readonly timeZone: string | null;
  readonly attributes: JsonObject;
  readonly totals: readonly { readonly kind: CountedKind; readonly name: string; readonly total: Total }[];
  readonly events: readonly PastEvent[];
  readonly engagements: readonly Engagement[];
  readonly phone?: string | null;
  readonly randomBucket?: number;
}

/** Messages of one campaign, variant and channel. */
export interface Engagement {
  readonly campaign: (typeof CAMPAIGNS)[number];
  readonly variant: string;
  readonly channel: 'email' | 'webhook';
  readonly count: number;
  readonly age: number;
}

interface PastEvent {
  readonly kind: CountedKind;
  readonly name: string;
  readonly age: number;
  /** Less where it came late. */
  readonly recordedAge?: number;
  readonly properties: JsonObject;
}

const total: fc.Arbitrary<Total> = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1, 14 * DAY_MS, 30 * DAY_MS),
  )
  .map(([count, age]) => ({ count, firstAt: NOW - 40 * DAY_MS, lastAt: NOW - age, amount: count * 1.1 }));

const totals = fc
  .uniqueArray(fc.tuple(fc.constantFrom('custom', 'purchase', 'session'), fc.constantFrom('', ...EVENTS), total), {
    selector: ([kind, event]) => `${kind}:${event}`,
    maxLength: 6,
  })
  .map((list) => list.map(([kind, event, counted]) => ({ kind, name: event, total: counted }) as const));

// Midnights and the millisecond before them, as well as anything between.
const MIDNIGHT = NOW % DAY_MS;
const age = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 2, 7, 29, 30, 31), fc.constantFrom(0, 1))
    .map(([days, more]) => MIDNIGHT + days * DAY_MS + more),
  fc.integer({ min: 0, max: 33 * DAY_MS }),
);
/** What filters on properties look at. */
const properties: fc.Arbitrary<JsonObject> = fc.record(
  { a: value, list: fc.array(fc.oneof(scalar, fc.record({ a: scalar })), { maxLength: 3 }) },
  { requiredKeys: [] },
);
const bought = fc.record({ price: fc.constantFrom(0.1, 0.2, 1, -1), quantity: fc.constantFrom(1, 3) });
const events: fc.Arbitrary<readonly PastEvent[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('custom' as const),
      name: fc.constantFrom(...EVENTS),
      age,
      properties: fc.oneof(fc.constant({ price: 9 }), properties),
    }),
    fc.record({
      kind: fc.constant('purchase' as const),
      name: fc.constantFrom(...EVENTS),
      age,
      properties: fc.oneof(bought, fc.constant({ price: '5' }), properties),
    }),
    fc.record({ kind: fc.constant('session' as const), name: fc.constant(''), age, properties: fc.constant({}) }),
  ),
  { maxLength: 12 },
);

const engagements: fc.Arbitrary<readonly Engagement[]> = fc.uniqueArray(
  fc.record({
    campaign: fc.constantFrom(...CAMPAIGNS),
    variant: fc.constantFrom('a', 'b'),
    channel: fc.constantFrom('email' as const, 'webhook' as const),
    count: fc.integer({ min: 1, max: 3 }),
    age,
  }),
  { selector: ({ campaign, variant, channel }) => `${campaign.key} ${variant} ${channel}`, maxLength: 4 },
);

export const person: fc.Arbitrary<Person> = fc
  .record({
    externalId: fc.constant(null),
    email: fc.option(word),
    timeZone: fc.option(fc.constantFrom('UTC', 'Asia/Tokyo', 'America/New_York')),
    attributes: fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true }),
    totals,
    events,
    engagements,
    fields: personFields,
  })
  .map(({ fields: { ownAttributes, ...fields }, ...rest }) => ({
    ...rest,
    ...fields,
    attributes: { ...rest.attributes, ...ownAttributes },
  }));

const values = fc.array(wordOrNumber, { minLength: 1, maxLength: 3 });
const parts = fc
  .oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }))
  .filter((p) => ![p].flat().some((text) => text.trim() === ''));
const count = fc.integer({ min: 0, max: 4 });

/** Answered exactly by SQL. */
const exactOperators = {
  equals: scalar,
  isAnyOf: values,
  isNoneOf: values,
  atLeast: number,
  atMost: number,
  moreThan: number,
  lessThan: number,
  contains: parts,
  doesNotContain: parts,
  includesAnyOf: values,
  includesNoneOf: values,
  includesAllOf: values,
  doesNotIncludeAllOf: values,
  isBlank: fc.boolean(),
  isEmpty: fc.boolean(),
  orBlank: fc.constant(true),
};

/** Only bounded by SQL. */
const boundedOperators = {
  doesNotEqual: scalar,
  matchesRegex: fc.constantFrom('^f', 'a|b', '(?i)FR', '.'),
  doesNotMatchRegex: fc.constantFrom('^f', '.'),
  before: absolute,
  after: absolute,
  moreThanAgo: length,
  lessThanAgo: length,
  moreThanFromNow: length,
  lessThanFromNow: length,
  dayOfYear: fc.constantFrom('today', '1 day ago', '03-05'),
};

const numberOperators = {
  equals: count,
  doesNotEqual: count,
  atLeast: count,
  atMost: count,
  moreThan: count,
  lessThan: count,
};

const money = fc.constantFrom(0, 0.1, 0.3, 1.1, 2.2, 3);
const moneyOperators = { equals: money, doesNotEqual: money, atLeast: money, moreThan: money, lessThan: money };
const inLast = fc.constantFrom('1 day', '2 days', '1 week', '29 days', '30 days');

/** The same, in the last days. */
function recently(filters: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(filters, fc.option(inLast))
    .map(([filter, days]) => (days === null ? filter : { ...filter, inLast: days }));
}

const exactTests = {
  equals: scalar,
  doesNotEqual: scalar,
  isAnyOf: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  isNoneOf: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  atLeast: number,
  atMost: number,
  moreThan: number,
  lessThan: number,
  contains: word.filter((text) => text.trim() !== ''),
  doesNotContain: word.filter((text) => text.trim() !== ''),
  isBlank: fc.boolean(),
};
const boundedTests = { matchesRegex: fc.constantFrom('^f', 'a|b', '.'), before: offset, after: offset };

/** A counter of events of the last days whose properties pass. */
function matching(tests: Operators): fc.Arbitrary<unknown> {
  const property = fc.constantFrom('a', 'a.a', 'a.b[]', 'list[]', 'list[].a', 'price');
  const where = fc.array(
    property.chain((each) => someOf({ property: fc.constant(each) }, tests)),
    { minLength: 1, maxLength: 2 },
  );
  return fc.oneof(
    someOf({ eventCount: fc.constantFrom(...EVENTS), inLast, where }, numberOperators),
    someOf({ purchaseCount: fc.constantFrom('any', ...EVENTS), inLast, where }, numberOperators),
  );
}

const counters = fc.oneof(
  recently(someOf({}, moneyOperators)).map((moneySpent) => ({ moneySpent })),
  recently(someOf({ eventCount: fc.constantFrom(...EVENTS) }, numberOperators)),
  recently(someOf({ purchaseCount: fc.constantFrom('any', ...EVENTS) }, numberOperators)),
  recently(someOf({}, numberOperators)).map((sessionCount) => ({ sessionCount })),
  someOf({}, recency).map((lastUsed) => ({ lastUsed })),
  someOf({}, recency).map((firstUsed) => ({ firstUsed })),
  someOf({ firstDid: fc.constantFrom(...EVENTS) }, recency),
  someOf({ lastDid: fc.constantFrom(...EVENTS) }, recency),
  someOf({ firstPurchased: fc.constantFrom('any', ...EVENTS) }, recency),
  someOf({ lastPurchased: fc.constantFrom('any', ...EVENTS) }, recency),
);
const messages = fc.oneof(
  fc.constant('any'),
  fc
    .record(
      {
        campaign: fc.constantFrom('one', 'two', 'three', 'missing'),
        variant: fc.constantFrom('a', 'b'),
        channel: fc.constantFrom('email', 'webhook'),
        tag: fc.constantFrom('a', 'b', 'none', ...HOSTILE.slice(0, 3)),
      },
      { requiredKeys: [] },
    )
    .filter((which) => Object.keys(which).length > 0 && (which.variant === undefined || which.campaign !== undefined)),
);
const received = fc.oneof(
  fc.record({ received: messages }),
  someOf({ received: messages }, numberOperators),
  someOf({ lastReceived: messages }, recency),
);
/** Names, and paths below them: to a key, to a key of any element, to what a key of any element holds. */
const path = fc.oneof(
  { weight: 2, arbitrary: name },
  fc
    .tuple(fc.constantFrom('country', 'n', 'list', 'flag'), fc.constantFrom('.a', '.b', '[]', '[].a', '.b[]', '."a"'))
    .map(([base, below]) => `${base}${below}`),
);

/** One element that fulfils several criteria, and perhaps an operator of all beside it. */
function elements(operators: Operators): fc.Arbitrary<unknown> {
  const { orBlank: _, ...ofField } = operators;
  const field = fc.constantFrom('a', 'b').chain((each) => someOf({ field: fc.constant(each) }, ofField));
  return fc.record(
    {
      attribute: fc.constantFrom('list[]', 'country[]', 'n.b[]'),
      where: fc.array(field, { minLength: 1, maxLength: 2 }),
      orBlank: fc.constant(true),
    },
    { requiredKeys: ['attribute', 'where'] },
  );
}

const attributes = (operators: Operators) =>
  fc.oneof({ weight: 4, arbitrary: someOf({ attribute: path }, operators) }, elements(operators));

export const exactLeaf = fc.oneof(attributes(exactOperators), counters, matching(exactTests), received, profileLeaf);
export const anyLeaf = fc.oneof(
  exactLeaf,
  attributes({ ...exactOperators, ...boundedOperators }),
  matching({ ...exactTests, ...boundedTests }),
  boundedProfileLeaf,
);

/** Only what a definition may hold. */
export function trees(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<Filter> {
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ none: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('node') }),
    ),
  }));
  return node.filter((tree) => filterSchema.safeParse(tree).success).map((tree) => filterSchema.parse(tree));
}
