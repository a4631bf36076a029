// People at random for the oracle: few values and names, so that filters often meet them, of every type and at every edge.
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../domain/json.js';
import { CAMPAIGNS, EVENTS, type Person } from '../randomAudiences.js';
import { DAY_MS, NOW } from '../randomParts.js';
import { type Held, held } from './randomHeld.js';

const iso = (age: number) => new Date(NOW - age).toISOString();
/** Just before a length of time ago, then, and just after it. */
const around = (...ages: readonly number[]) => ages.flatMap((age) => [age - 1, age, age + 1]);

export const TEXTS = [
  'FR',
  'fr',
  'gold',
  'a',
  'ab',
  '',
  ' ',
  '0',
  '1',
  'true',
  'null',
  'ünï',
  'ÜNÏ',
  '𝄞',
  '%_\\',
  "'; --",
];
export const NUMBERS = [0, 1, -1, 2, 0.1, 1.5, -7.25, 1e300, 5e-324, 12_345_678_901];
/** Texts that are instants, written in many ways, and texts that nearly are. */
export const INSTANTS = [
  ...around(0, DAY_MS, 14 * DAY_MS, -DAY_MS, -14 * DAY_MS).map(iso),
  '2025-03-05',
  '2024-02-29',
  '2025-03-01',
  // The day before in New York, the same one in Tokyo.
  '2025-03-06T03:00:00Z',
  '2024-02-29T12:00:00Z',
  // About two hours that New York has twice, and one that it has not.
  '2024-11-03T05:30:00Z',
  '2024-11-03T06:30:00Z',
  '2025-03-09T07:00:00Z',
  '2025-03-06T16:45:00Z',
  '2025-03-05T16:45',
  '2025-03-05T16:45:00.000',
  '2025-03-05T22:15:00+05:30',
  '2025-03-05T17:45:00+0100',
  '2025-03-05 16:45:00',
  '2025-03-05T16:45:00,5Z',
  '0050-01-01',
];
// Left open: whether texts of years after 3000, which UT-09 keeps as texts, are dates in filters.
const NEARLY_INSTANTS = [
  '03/05/2025',
  '2025-03-05T16:45:00:000Z',
  '20250305',
  '2025-03-05T16:45:60Z',
  '2025-02-30',
  '2025-13-01',
  '2025-03-05T25:00:00Z',
  '05.03.2025',
  'yesterday',
  '2025-3-5',
];
/** Regular expressions look no further than 10,240 characters. */
const LONG = [`${'x'.repeat(10_239)}ab`, `${'x'.repeat(10_240)}ab`];

const text = fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...TEXTS) }, fc.constantFrom(...LONG));
const number = fc.constantFrom(...NUMBERS);
const date = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...INSTANTS) }, fc.constantFrom(...NEARLY_INSTANTS));
const nothing = fc.constant(null);
const scalar: fc.Arbitrary<Json> = fc.oneof(text, number, fc.boolean());
const list: fc.Arbitrary<readonly Json[]> = fc.array(
  fc.oneof({ weight: 5, arbitrary: scalar }, date, nothing, fc.constantFrom(['FR'], [], {})),
  { maxLength: 4 },
);
const inner: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: date },
  nothing,
  list,
  fc.constantFrom<Json>({}, { a: 'FR' }),
);
const object: fc.Arbitrary<JsonObject> = fc.record(
  {
    a: inner,
    b: inner,
    'a.b': inner,
    items: fc.array(fc.record({ a: inner }, { requiredKeys: [] }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const objects: fc.Arbitrary<Json> = fc.array(
  fc.oneof({ weight: 6, arbitrary: object }, nothing, fc.constant('loose'), fc.constant(['FR'])),
  { maxLength: 3 },
);
const anything: fc.Arbitrary<Json> = fc.oneof(scalar, date, nothing, list, object, objects);

/** Mostly of the type that the name suggests. */
const mostly = (arbitrary: fc.Arbitrary<Json>) => fc.oneof({ weight: 4, arbitrary }, anything);

const attributes: fc.Arbitrary<JsonObject> = fc.record(
  {
    country: mostly(text),
    n: mostly(number),
    flag: mostly(fc.boolean()),
    date: mostly(date),
    list: mostly(list),
    cart: mostly(object),
    items: mostly(objects),
    'a.b': mostly(object),
    'list[]': mostly(text),
    "'; --": mostly(text),
    constructor: mostly(text),
    // What has a column of its own is not looked for here.
    email: text,
    external_id: text,
    random_bucket: number,
    email_subscribe: text,
  },
  { requiredKeys: [] },
);

const EDGES = [0, 1, 2, 7, 8, 29, 30, 31].map((days) => (NOW % DAY_MS) + days * DAY_MS);
const age = fc.oneof(
  fc.constantFrom(...EDGES.flatMap((edge) => [edge, edge + 1])),
  fc.constantFrom(0, ...around(DAY_MS, 14 * DAY_MS, 30 * DAY_MS)),
  fc.integer({ min: 0, max: 120 * DAY_MS }),
);
/** It came at once, or late. */
const ages = fc
  .tuple(age, fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }))
  .map(([happened, share]) => ({
    age: happened,
    // There is no room for what was recorded earlier.
    recordedAge: Math.floor(Math.min(happened, 33 * DAY_MS) * (share ?? 1)),
  }));

const properties: fc.Arbitrary<JsonObject> = fc.record(
  {
    a: inner,
    flag: mostly(fc.boolean()),
    date: mostly(date),
    list: mostly(list),
    cart: mostly(object),
    items: mostly(objects),
  },
  { requiredKeys: [] },
);
/** As the API lets them in, and as nobody should have stored them; of more decimals than money is compared to, too. */
const bought: fc.Arbitrary<JsonObject> = fc
  .tuple(
    properties,
    fc.record(
      {
        price: fc.oneof(
          {
            weight: 6,
            arbitrary: fc.constantFrom(
              0.1,
              0.2,
              1,
              59.95,
              -1,
              0,
              2.675,
              12_345_678_901.2345,
              0.00005,
              -0.00005,
              0.00015,
              5.08135,
            ),
          },
          fc.constantFrom('5', null, true),
        ),
        quantity: fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(1, 2, 3, 100) },
          fc.constantFrom<Json>('3', null, 0, -2, 2.5, 101, true),
        ),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([more, item]) => ({ ...more, ...item }));

const name = fc.constantFrom(...EVENTS.slice(0, 2));
const events = fc.array(
  fc
    .tuple(
      fc.oneof(
        fc.record({ kind: fc.constant('custom' as const), name, properties }),
        fc.record({ kind: fc.constant('purchase' as const), name, properties: bought }),
        fc.record({ kind: fc.constant('session' as const), name: fc.constant(''), properties: fc.constant({}) }),
      ),
      ages,
    )
    .map(([event, when]) => ({ ...event, ...when })),
  { maxLength: 10 },
);

const total = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 0.1, -1), age, age)
  .map(([count, price, one, other]) => ({
    count,
    firstAt: NOW - Math.max(one, other),
    lastAt: NOW - Math.min(one, other),
    amount: count * price,
  }));
const totals = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        fc.constant({ kind: 'session' as const, name: '' }),
        fc.record({ kind: fc.constant('purchase' as const), name: fc.constantFrom('', ...EVENTS.slice(0, 2)) }),
      ),
      total,
    ),
    { selector: ([{ kind, name: of }]) => `${kind}:${of}`, maxLength: 4 },
  )
  .map((all) => all.map(([counter, counted]) => ({ ...counter, total: counted })));

const engagements = fc.uniqueArray(
  fc.record({
    campaign: fc.constantFrom(...CAMPAIGNS),
    variant: fc.constantFrom('a', 'b'),
    channel: fc.constantFrom('email' as const, 'webhook' as const),
    count: fc.integer({ min: 1, max: 3 }),
    age,
  }),
  { selector: ({ campaign, variant, channel }) => `${campaign.key} ${variant} ${channel}`, maxLength: 4 },
);

const state = fc.constantFrom('opted_in' as const, 'subscribed' as const, 'unsubscribed' as const);
const lately = fc.constantFrom(
  ...around(0, DAY_MS, 14 * DAY_MS, 30 * DAY_MS).flatMap((ago) => (ago < 0 ? [] : [iso(ago)])),
  // Midnight in New York, and the hour that it has twice.
  '2025-03-05T05:00:00.000Z',
  '2024-11-03T05:30:00.000Z',
  '2024-11-03T06:30:00.000Z',
);

/** A person with what only some hold. */
const personOf = ({ fields, held: own }: { readonly fields: Person; readonly held: Held }): Person => ({
  ...fields,
  attributes: { ...fields.attributes, ...own },
});

const fields: fc.Arbitrary<Person> = fc.record({
  externalId: fc.option(fc.uuid().map((id) => `FR-${id}`)),
  email: fc.option(fc.constantFrom('ann@example.com', 'ANN@example.com', 'FR')),
  phone: fc.option(fc.constantFrom('+33612345678', '1')),
  timeZone: fc.option(fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Los_Angeles')),
  emailSubscription: state,
  pushSubscription: state,
  emailSubscriptionSince: fc.option(lately, { freq: 3 }),
  pushSubscriptionSince: fc.option(lately, { freq: 3 }),
  createdAt: lately,
  randomBucket: fc.constantFrom(0, 1, 2, 9_999),
  attributes,
  totals,
  events,
  engagements,
});
export const anyPerson: fc.Arbitrary<Person> = fc.record({ fields, held }).map(personOf);
