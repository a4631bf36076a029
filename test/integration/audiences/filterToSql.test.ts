// The compiler of audiences against its definition: whoever passes `evaluateFilter` is found by the SQL, and nobody else,
// except where `facts/filters/attribute.ts` says that SQL keeps more.

import fc from 'fast-check';
import { evaluateFilter, FILTER_TAGS, type Filter, needsOf } from '../../../domain/audience/filter.js';
import { withSegments } from '../../../domain/audience/segmentsOf.js';
import { type CountedEvent, totalKey } from '../../../domain/facts/counters.js';
import { addToMatching, type Matching, type MatchingNeed, matchingKey } from '../../../domain/facts/matching.js';
import { type Received, type ReceivedNeed, receivedKey } from '../../../domain/facts/received.js';
import type { Total } from '../../../domain/facts/totals.js';
import { addToFacts, needsOfKind, type UserFacts } from '../../../domain/facts/userFacts.js';
import { EMPTY_PROFILE } from '../../../domain/profile/profile.js';
import { filterToSql } from '../../../facts/filters/filterToSql.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';
import {
  anyLeaf,
  CAMPAIGNS,
  DAY_MS,
  EVENTS,
  exactLeaf,
  HOSTILE,
  NOW,
  type Person,
  person,
  trees,
} from './randomAudiences.js';

const PEOPLE = 60;

function groupOf(group: 'all' | 'any' | 'none', filters: readonly Filter[]): Filter {
  switch (group) {
    case 'all':
      return { all: filters };
    case 'any':
      return { any: filters };
    case 'none':
      return { none: filters };
  }
}

// Two cores shared with everything else: never near Jest's 5 s.
jest.setTimeout(60_000);

describe('filterToSql', () => {
  let database: TestDatabase;
  let everybody: readonly Stored[];

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const { key, tags } of CAMPAIGNS)
      await database.pool.query(
        'insert into campaigns (key, name, tags, created_at, updated_at) values ($1, $1, $2, now(), now())',
        [key, tags],
      );
    await database.pool.query('select ensure_partitions($1::timestamptz)', [new Date(NOW - 33 * DAY_MS)]);
    const people = fc.sample(person, { numRuns: PEOPLE, seed: 20_250_306 });
    everybody = await Promise.all(
      people.map((one, index) => store(database, { ...one, externalId: index % 3 === 0 ? `FR${index}` : null })),
    );
  });

  afterAll(() => database.drop());

  /** Who is selected, asked of everybody or of one in three, and whether that is the last word. */
  async function selected(filter: Filter, candidates?: readonly number[]) {
    const { text, values, isExact } = filterToSql(filter, {
      now: NOW,
      ...(candidates === undefined ? {} : { candidates }),
    });
    const { rows } = await database.pool.query<{ user_id: number }>(text, [...values]);
    const ids = rows.map(({ user_id }) => user_id);
    expect(new Set(ids).size).toBe(ids.length);
    return { ids: new Set(ids), isExact };
  }

  const oneInThree = () => everybody.map(({ userId }) => userId).filter((_, index) => index % 3 === 1);

  function evaluated(filter: Filter): ReadonlySet<number> {
    const needs = needsOf(filter);
    const matchingNeeds = needsOfKind(needs, 'matching');
    const receivedNeeds = needsOfKind(needs, 'received');
    const passes = (person: Stored) => {
      const received = receivedIn(person, receivedNeeds);
      return evaluateFilter(filter, { ...person, matching: matchingIn(person, matchingNeeds), received }, NOW).pass;
    };
    return new Set(everybody.filter(passes).map(({ userId }) => userId));
  }

  it('SG-05: selects exactly the people who pass, nobody twice, of everybody and of a page of candidates', async () => {
    const sizes: number[] = [];
    await fc.assert(
      fc.asyncProperty(trees(exactLeaf), async (filter) => {
        const expected = evaluated(filter);
        sizes.push(expected.size);
        const { ids, isExact } = await selected(filter);
        expect(isExact).toBe(true);
        expect([...ids].sort()).toEqual([...expected].sort());
        const some = await selected(filter, oneInThree());
        expect([...some.ids].sort()).toEqual(
          oneInThree()
            .filter((id) => expected.has(id))
            .sort(),
        );
      }),
      { numRuns: 600 },
    );
    // The trees would prove little if they mostly took all or none.
    expect(sizes.filter((size) => size > 0 && size < PEOPLE).length).toBeGreaterThan(150);
  });

  it('SG-15: a segment stands for its own filter, wherever it is named', async () => {
    await fc.assert(
      fc.asyncProperty(
        trees(exactLeaf),
        trees(exactLeaf),
        fc.constantFrom('all', 'any', 'none'),
        async (a, b, group) => {
          const named = withSegments(groupOf(group, [{ segment: 'a' }, { not: { segment: 'b' } }]), {
            a: { any: [{ segment: 'b' }, a] },
            b,
          });
          const written = groupOf(group, [{ any: [b, a] }, { not: b }]);
          const expected = evaluated(written);
          expect(evaluated(named)).toEqual(expected);
          expect([...(await selected(named)).ids].sort()).toEqual([...expected].sort());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is asked of filters of every kind', () => {
    const tags = fc.sample(anyLeaf, { numRuns: 500, seed: 1 }).flatMap((leaf) => Object.keys(Object(leaf)));
    expect(FILTER_TAGS.filter((tag) => !tags.includes(tag))).toEqual([]);
  });

  it('never misses anybody where only evaluate can tell, under negation too', async () => {
    await fc.assert(
      fc.asyncProperty(trees(anyLeaf), async (filter) => {
        const { ids, isExact } = await selected(filter);
        expect([...evaluated(filter)].filter((id) => !ids.has(id))).toEqual([]);
        if (isExact) expect(ids.size).toBe(evaluated(filter).size);
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
          const condition = filterToSql(filter, { now: NOW, firstParameter: 7 });
          expect(condition.text.replace(/\$\d+::/g, '')).not.toContain(text);
          expect(JSON.stringify(condition.values)).toContain(JSON.stringify(text).slice(1, -1).replaceAll('\\', ''));
        }
      }),
    );
  });

  it('numbers its parameters from where the statement around it left off', () => {
    const { text } = filterToSql({ eventCount: 'play', atLeast: 2 }, { now: NOW, firstParameter: 5 });
    expect(text).toMatch(/\$5::text.*\$6::text.*\$7::bigint/s);
  });
});

interface Stored extends UserFacts {
  readonly events: readonly CountedEvent[];
  readonly engagements: Person['engagements'];
}

/** What `facts/sources/received.ts` is asked for. */
function receivedIn({ engagements }: Stored, needs: readonly ReceivedNeed[]): Received {
  return new Map(
    needs.map(({ kind: _, ...which }) => {
      const own = engagements.filter(
        ({ campaign, variant, channel }) =>
          (which.campaign ?? campaign.key) === campaign.key &&
          (which.variant ?? variant) === variant &&
          (which.channel ?? channel) === channel &&
          (which.tag === null || campaign.tags.some((tag) => tag === which.tag)),
      );
      const [first] = own;
      const lastAt = NOW - Math.min(...own.map(({ age }) => age));
      const count = own.reduce((sum, each) => sum + each.count, 0);
      const tally = first === undefined ? null : { count, firstAt: lastAt, lastAt };
      return [receivedKey(which), { which, tally }] as const;
    }),
  );
}

/** What `facts/sources/matching.ts` is asked for. */
function matchingIn({ events }: Stored, needs: readonly MatchingNeed[]): Matching {
  const asked: Matching = new Map(
    needs.map((need) => [matchingKey(need), { ...need, days: new Map(), isCut: false }] as const),
  );
  return events.reduce((matching, event) => addToMatching(matching, event), asked);
}

async function store({ pool }: TestDatabase, one: Person): Promise<Stored> {
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
  for (const { campaign, variant, channel, count, age } of one.engagements) {
    await pool.query(
      `insert into engagements (user_id, campaign_id, variant, channel, count, first_at, last_at)
       select $1::bigint, c.id, $3::text, $4::text, $5::int, $6::timestamptz, $6::timestamptz from campaigns c where c.key = $2::text`,
      [userId, campaign.key, variant, channel, count, new Date(NOW - age).toISOString()],
    );
  }
  const { externalId, email, timeZone, attributes, engagements } = one;
  const never = [...EVENTS, ''].flatMap((event) =>
    (['custom', 'purchase', 'session'] as const).map((kind) => [totalKey(kind, event), new Map()] as const),
  );
  const nobody = {
    userId,
    profile: { ...EMPTY_PROFILE, externalId, email, timeZone, attributes },
    totals: new Map<string, Total>(),
    recent: new Map(never),
    matching: new Map(),
    received: new Map(),
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
    engagements,
    events: one.events.map(({ kind, name: event, age, properties }) => ({
      kind,
      name: event,
      time: NOW - age,
      properties,
    })),
    totals: new Map([
      ...custom,
      ...counters.map(({ kind, name: event, total: counted }) => [totalKey(kind, event), counted] as const),
    ]),
    recent,
  };
}
