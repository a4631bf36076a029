// The compiler of audiences against its definition: whoever passes `evaluateFilter` is found by the SQL, and nobody else,
// except where `attributeToSql.ts` says that SQL keeps more. Random trees over random people, hostile strings included.

import fc from 'fast-check';
import type { CountedKind } from '../../domain/event/kinds.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { EMPTY_PROFILE } from '../../domain/profile/profile.js';
import { addToFacts } from '../../domain/segment/addToFacts.js';
import { type Total, totalKey, type UserFacts } from '../../domain/segment/facts.js';
import { evaluateFilter, type Filter, filterSchema } from '../../domain/segment/filter.js';
import { filterToSql } from '../../segments/filterToSql.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

const NOW = Date.parse('2025-03-06T16:45:00Z');
const DAY_MS = 86_400_000;
const PEOPLE = 60;

const HOSTILE = [
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
  ...HOSTILE.slice(0, 4),
];
const EVENTS = ['play', ...HOSTILE.slice(0, 3)];

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
);

interface Person {
  readonly externalId: string | null;
  readonly email: string | null;
  readonly timeZone: string | null;
  readonly attributes: JsonObject;
  readonly totals: readonly { readonly kind: CountedKind; readonly name: string; readonly total: Total }[];
  readonly events: readonly PastEvent[];
}

interface PastEvent {
  readonly kind: CountedKind;
  readonly name: string;
  readonly age: number;
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
const bought = fc.record({ price: fc.constantFrom(0.1, 0.2, 1, -1), quantity: fc.constantFrom(1, 3) });
const events: fc.Arbitrary<readonly PastEvent[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('custom' as const),
      name: fc.constantFrom(...EVENTS),
      age,
      properties: fc.constant({ price: 9 }),
    }),
    fc.record({
      kind: fc.constant('purchase' as const),
      name: fc.constantFrom(...EVENTS),
      age,
      properties: fc.oneof(bought, fc.constant({ price: '5' })),
    }),
    fc.record({ kind: fc.constant('session' as const), name: fc.constant(''), age, properties: fc.constant({}) }),
  ),
  { maxLength: 12 },
);

const person: fc.Arbitrary<Person> = fc.record({
  externalId: fc.constant(null),
  email: fc.option(word),
  timeZone: fc.option(fc.constantFrom('UTC', 'Asia/Tokyo')),
  attributes: fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true }),
  totals,
  events,
});

const values = fc.array(wordOrNumber, { minLength: 1, maxLength: 3 });
const parts = fc
  .oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }))
  .filter((p) => ![p].flat().some((text) => text.trim() === ''));
const count = fc.integer({ min: 0, max: 4 });
const length = fc.constantFrom('0 seconds', '1 day', '2 weeks', '30 days');
const absolute = fc.constantFrom('2025-03-05T16:45:00Z', '2025-01-01T00:00+01:00');

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
};

const numberOperators = {
  equals: count,
  doesNotEqual: count,
  atLeast: count,
  atMost: count,
  moreThan: count,
  lessThan: count,
};

function someOf(
  base: Record<string, fc.Arbitrary<unknown>>,
  operators: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .subarray(Object.entries(operators), { minLength: 1, maxLength: 2 })
    .chain((chosen) => fc.record({ ...base, ...Object.fromEntries(chosen) }));
}

const money = fc.constantFrom(0, 0.1, 0.3, 1.1, 2.2, 3);
const moneyOperators = { equals: money, doesNotEqual: money, atLeast: money, moreThan: money, lessThan: money };
const inLast = fc.constantFrom('1 day', '2 days', '1 week', '29 days', '30 days');

/** The same, in the last days. */
function recently(filters: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(filters, fc.option(inLast))
    .map(([filter, days]) => (days === null ? filter : { ...filter, inLast: days }));
}

const counters = fc.oneof(
  recently(someOf({}, moneyOperators)).map((moneySpent) => ({ moneySpent })),
  recently(someOf({ eventCount: fc.constantFrom(...EVENTS) }, numberOperators)),
  recently(someOf({ purchaseCount: fc.constantFrom('any', ...EVENTS) }, numberOperators)),
  recently(someOf({}, numberOperators)).map((sessionCount) => ({ sessionCount })),
  someOf({}, { moreThan: length, lessThan: length, before: absolute, after: absolute }).map((lastUsed) => ({
    lastUsed,
  })),
);
const exactLeaf = fc.oneof(someOf({ attribute: name }, exactOperators), counters);
const anyLeaf = fc.oneof(exactLeaf, someOf({ attribute: name }, { ...exactOperators, ...boundedOperators }));

/** Only what a definition may hold. */
function trees(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<Filter> {
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('node') }),
    ),
  }));
  return node.filter((tree) => filterSchema.safeParse(tree).success).map((tree) => filterSchema.parse(tree));
}

// Two cores shared with everything else: never near Jest's 5 s.
jest.setTimeout(60_000);

describe('filterToSql', () => {
  let database: TestDatabase;
  let everybody: readonly UserFacts[];

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.pool.query('select ensure_partitions($1::timestamptz)', [new Date(NOW - 33 * DAY_MS)]);
    const people = fc.sample(person, { numRuns: PEOPLE, seed: 20_250_306 });
    everybody = await Promise.all(
      people.map((one, index) => store(database, { ...one, externalId: index % 3 === 0 ? `FR${index}` : null })),
    );
  });

  afterAll(() => database.drop());

  async function selected(filter: Filter): Promise<ReadonlySet<number>> {
    const { text, values: parameters } = filterToSql(filter, NOW, 2);
    const { rows } = await database.pool.query(`select u.id from users u where u.id > $1::bigint and ${text}`, [
      0,
      ...parameters,
    ]);
    return new Set(rows.map((row) => Number(row.id)));
  }

  function evaluated(filter: Filter): ReadonlySet<number> {
    return new Set(everybody.filter((facts) => evaluateFilter(filter, facts, NOW).pass).map(({ userId }) => userId));
  }

  it('selects exactly the people who pass', async () => {
    const sizes: number[] = [];
    await fc.assert(
      fc.asyncProperty(trees(exactLeaf), async (filter) => {
        const expected = evaluated(filter);
        sizes.push(expected.size);
        expect([...(await selected(filter))].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 600 },
    );
    // The trees would prove little if they mostly took all or none.
    expect(sizes.filter((size) => size > 0 && size < PEOPLE).length).toBeGreaterThan(150);
  });

  it('never misses anybody where only evaluate can tell, under negation too', async () => {
    await fc.assert(
      fc.asyncProperty(trees(anyLeaf), async (filter) => {
        const found = await selected(filter);
        expect([...evaluated(filter)].filter((id) => !found.has(id))).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('keeps every value out of the text', async () => {
    fc.assert(
      fc.property(fc.constantFrom(...HOSTILE.slice(0, 3)), (text) => {
        const filters: readonly Filter[] = [
          { attribute: text, equals: text },
          { attribute: 'a', contains: [text] },
          { eventCount: text, atLeast: 1 },
          { purchaseCount: text, atLeast: 1 },
        ];
        for (const filter of filters) {
          const condition = filterToSql(filter, NOW, 7);
          expect(condition.text.replace(/\$\d+::/g, '')).not.toContain(text);
          expect(JSON.stringify(condition.values)).toContain(JSON.stringify(text).slice(1, -1).replaceAll('\\', ''));
        }
      }),
    );
  });

  it('numbers its parameters from where the statement around it left off', () => {
    expect(filterToSql({ eventCount: 'play', atLeast: 1 }, NOW, 5).text).toMatch(/\$5::text.*\$6::text.*\$7::bigint/s);
  });
});

async function store({ pool }: TestDatabase, one: Person): Promise<UserFacts> {
  const { rows } = await pool.query(
    `insert into users (external_id, email, time_zone, attributes, created_at, updated_at)
     values ($1::text, $2::text, $3::text, $4::jsonb, now(), now()) returning id`,
    [one.externalId, one.email, one.timeZone, JSON.stringify(one.attributes)],
  );
  const userId = Number(rows[0].id);
  // Custom events have no counters of their own.
  const counters = one.totals.filter(({ kind }) => kind !== 'custom');
  for (const { kind, name: event, total: counted } of counters) {
    await pool.query(
      `insert into event_totals (user_id, kind, name, count, first_at, last_at, amount)
       values ($1::bigint, $2::text, $3::text, $4::bigint, $5::timestamptz, $6::timestamptz, $7::float8)`,
      [
        userId,
        kind,
        event,
        counted.count,
        new Date(counted.firstAt).toISOString(),
        new Date(counted.lastAt).toISOString(),
        counted.amount,
      ],
    );
  }
  const { externalId, email, timeZone, attributes } = one;
  const never = [...EVENTS, ''].flatMap((event) =>
    (['custom', 'purchase', 'session'] as const).map((kind) => [totalKey(kind, event), new Map()] as const),
  );
  const nobody = {
    userId,
    profile: { ...EMPTY_PROFILE, externalId, email, timeZone, attributes },
    totals: new Map<string, Total>(),
    recent: new Map(never),
  };
  let { recent, totals: custom }: UserFacts = nobody;
  for (const { kind, name: event, age: ago, properties } of one.events) {
    const time = NOW - ago;
    await pool.query(
      `insert into events (seq, received_at, user_id, kind, name, time, properties)
       values (nextval('events_seq'), $1::timestamptz, $2::bigint, $3::text, $4::text, $1::timestamptz, $5::jsonb)`,
      [new Date(time).toISOString(), userId, kind, event, JSON.stringify(properties)],
    );
    const after = addToFacts({ ...nobody, recent, totals: custom }, { kind, name: event, time, properties });
    recent = after.recent;
    if (kind === 'custom') custom = after.totals;
  }
  return {
    ...nobody,
    totals: new Map([
      ...custom,
      ...counters.map(({ kind, name: event, total: counted }) => [totalKey(kind, event), counted] as const),
    ]),
    recent,
  };
}
