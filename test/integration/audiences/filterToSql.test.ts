// The compiler of audiences against its definition: whoever passes `evaluateFilter` is found by the SQL, and nobody else,
// except where `facts/filters/attribute.ts` says that SQL keeps more.

import fc from 'fast-check';
import type { AskedAt } from '../../../domain/audience/askedAt.js';
import { FILTER_TAGS, type Filter } from '../../../domain/audience/filter.js';
import { withSegments } from '../../../domain/audience/segmentsOf.js';
import { filterToSql } from '../../../facts/filters/filterToSql.js';
import type { TestDatabase } from '../../setup/database.js';
import { anyLeaf, exactLeaf, HOSTILE, person, trees } from './randomAudiences.js';
import { ASKED_AT } from './randomParts.js';
import { profileLeaf } from './randomProfiles.js';
import { createAudienceDatabase, passing, type Stored, store } from './storedPeople.js';

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
    database = await createAudienceDatabase();
    const people = fc.sample(person, { numRuns: PEOPLE, seed: 20_250_306 });
    everybody = await Promise.all(
      people.map((one, index) => store(database, { ...one, externalId: index % 3 === 0 ? `FR${index}` : null })),
    );
  });

  afterAll(() => database.drop());

  /** Who is selected, asked of everybody or of one in three, and whether that is the last word. */
  async function selected(filter: Filter, candidates?: readonly number[], askedAt: AskedAt = ASKED_AT) {
    const { text, values, isExact } = filterToSql(filter, {
      ...askedAt,
      ...(candidates === undefined ? {} : { candidates }),
    });
    const { rows } = await database.pool.query<{ user_id: number }>(text, [...values]);
    const ids = rows.map(({ user_id }) => user_id);
    expect(new Set(ids).size).toBe(ids.length);
    return { ids: new Set(ids), isExact };
  }

  const oneInThree = () => everybody.map(({ userId }) => userId).filter((_, index) => index % 3 === 1);

  const evaluated = (filter: Filter, askedAt: AskedAt = ASKED_AT): ReadonlySet<number> =>
    new Set(passing(filter, everybody, askedAt).map(({ userId }) => userId));

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
    const tags = fc.sample(anyLeaf, { numRuns: 5_000, seed: 1 }).flatMap((leaf) => Object.keys(Object(leaf)));
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

  it('SG-03: never misses anybody where days are each person’s own', async () => {
    const askedAt = { ...ASKED_AT, isLocalTime: true };
    await fc.assert(
      fc.asyncProperty(trees(profileLeaf), async (filter) => {
        const { ids } = await selected(filter, undefined, askedAt);
        expect([...evaluated(filter, askedAt)].filter((id) => !ids.has(id))).toEqual([]);
      }),
      { numRuns: 300 },
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
          const condition = filterToSql(filter, { ...ASKED_AT, firstParameter: 7 });
          expect(condition.text.replace(/\$\d+::/g, '')).not.toContain(text);
          expect(JSON.stringify(condition.values)).toContain(JSON.stringify(text).slice(1, -1).replaceAll('\\', ''));
        }
      }),
    );
  });

  it('numbers its parameters from where the statement around it left off', () => {
    const { text } = filterToSql({ eventCount: 'play', atLeast: 2 }, { ...ASKED_AT, firstParameter: 5 });
    expect(text).toMatch(/\$5::text.*\$6::text.*\$7::bigint/s);
  });
});
