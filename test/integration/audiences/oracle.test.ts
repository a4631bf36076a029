// The two evaluations of the product against a third that shares nothing with them: what both have wrong alike shows here.
import fc from 'fast-check';
import { FILTER_TAGS, type Filter, filterSchema } from '../../../domain/audience/filter.js';
import { withSegments } from '../../../domain/audience/segmentsOf.js';
import { campaignJsonSchema } from '../../../domain/campaign/definition/definitionSchema.js';
import { filterToSql } from '../../../facts/filters/filterToSql.js';
import type { TestDatabase } from '../../setup/database.js';
import { knownOf, placesIn, resolved } from './oracle/known.js';
import { type Audience, anyLeaf, audiences, exactLeaf, written } from './oracle/randomFilters.js';
import { anyPerson } from './oracle/randomPeople.js';
import { isInAudience } from './oracle.js';
import type { Person } from './randomAudiences.js';
import { ASKED_AT, NOW, WORKSPACE_ZONE } from './randomParts.js';
import { createAudienceDatabase, factsOf, passing, type Stored, store } from './storedPeople.js';

const PEOPLE = 90;
const ASKING = { now: NOW, zone: WORKSPACE_ZONE, isLocalTime: false };

// Two cores shared with everything else: never near Jest's 5 s.
jest.setTimeout(120_000);

let database: TestDatabase;
let people: readonly (readonly [Person, Stored])[];
const places = new Set<string>();

beforeAll(async () => {
  database = await createAudienceDatabase();
  const drawn = fc.sample(anyPerson, { numRuns: PEOPLE, seed: 20_250_306 });
  people = await Promise.all(drawn.map(async (person) => [person, await store(database, person)] as const));
});
afterAll(() => database.drop());

/** As a definition is read: each tree by itself, then what its segments stand for. */
function read({ tree, one, two }: Audience): Filter {
  const [parsed, ...segments] = [tree, one, two].map((each) => filterSchema.parse(each));
  const [first, second] = segments;
  if (parsed === undefined || first === undefined || second === undefined) throw new Error('a tree was lost');
  return withSegments(parsed, { one: first, two: second });
}

async function selected(filter: Filter, candidates?: readonly number[]) {
  const asked = filterToSql(filter, { ...ASKED_AT, ...(candidates === undefined ? {} : { candidates }) });
  const { rows } = await database.pool.query<{ user_id: number }>(asked.text, [...asked.values]);
  return { ids: inOrder(rows.map(({ user_id }) => user_id)), isExact: asked.isExact };
}

const inOrder = (ids: Iterable<number>) => [...ids].toSorted((a, b) => a - b);
const idsOf = (stored: readonly Stored[]) => inOrder(stored.map(({ userId }) => userId));

/** Of an audience: who is in it by the oracle, and by the product in both ways. */
async function asked(audience: Audience) {
  const rules = resolved(audience);
  for (const place of placesIn(audience.tree)) places.add(place);
  const filter = read(audience);
  const inside = people.filter(([person]) => isInAudience(knownOf(person), rules, ASKING));
  return {
    expected: idsOf(inside.map(([, stored]) => stored)),
    evaluated: idsOf(
      passing(
        filter,
        people.map(([, stored]) => stored),
      ),
    ),
    ...(await selected(filter)),
    filter,
  };
}

/** Trees would prove little if they mostly took all or none. */
function expectMixed(sizes: readonly number[]): void {
  expect(sizes.filter((size) => size > 0 && size < PEOPLE).length).toBeGreaterThan(sizes.length * 0.3);
}

it('SG-05: SQL, evaluateFilter and the rules find the same people, of everybody and of a page', async () => {
  const sizes: number[] = [];
  const page = people.map(([, { userId }]) => userId).filter((_, index) => index % 3 === 1);
  await fc.assert(
    fc.asyncProperty(audiences(exactLeaf), async (audience) => {
      const { expected, evaluated, ids, isExact, filter } = await asked(audience);
      sizes.push(expected.length);
      expect(evaluated).toEqual(expected);
      expect(isExact).toBe(true);
      expect(ids).toEqual(expected);
      expect((await selected(filter, page)).ids).toEqual(expected.filter((id) => page.includes(id)));
    }),
    { numRuns: 600 },
  );
  expectMixed(sizes);
});

it('SG-21: where SQL only bounds, evaluateFilter and the rules find the same people, and SQL misses none', async () => {
  const sizes: number[] = [];
  await fc.assert(
    fc.asyncProperty(audiences(anyLeaf), async (audience) => {
      const { expected, evaluated, ids, isExact } = await asked(audience);
      sizes.push(expected.length);
      expect(evaluated).toEqual(expected);
      expect(expected.filter((id) => !ids.includes(id))).toEqual([]);
      if (isExact) expect(ids).toEqual(expected);
    }),
    { numRuns: 600 },
  );
  expectMixed(sizes);
});

it('SG-03/14/15/16/17/20/21/22/23: of one filter and one person, whoever they are, evaluateFilter says what the rules say', () => {
  const sizes = { yes: 0, no: 0 };
  fc.assert(
    fc.property(anyPerson, anyLeaf, fc.boolean(), (person, leaf, isLocalTime) => {
      for (const place of placesIn(leaf)) places.add(place);
      const expected = isInAudience(knownOf(person), leaf, { ...ASKING, isLocalTime });
      sizes[expected ? 'yes' : 'no']++;
      const passed = passing(filterSchema.parse(leaf), [factsOf(person, 1)], { ...ASKED_AT, isLocalTime });
      expect(passed.length === 1).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
  expect(Math.min(sizes.yes, sizes.no)).toBeGreaterThan(1_200);
});

it('has asked about every kind of filter, with every operator in every place', () => {
  const drawn = fc.sample(written(anyLeaf, ['one']), { numRuns: 2_000, seed: 1 }).flatMap(placesIn);
  const all = new Set([...places, ...drawn]);
  expect(FILTER_TAGS.filter((tag) => !all.has(tag))).toEqual([]);
  expect(writable().filter((place) => !all.has(place))).toEqual([]);
});

interface Schema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** What the published schema lets stand in filters, as `placesIn` names it. */
function writable(): readonly string[] {
  const { $defs }: { readonly $defs: { readonly Filter: Schema } } = JSON.parse(JSON.stringify(campaignJsonSchema()));
  return ($defs.Filter.anyOf ?? []).flatMap((kind) => {
    const [tag = ''] = kind.required ?? [];
    return within(tag, kind);
  });
}

function within(prefix: string, { properties = {}, items, anyOf = [] }: Schema): readonly string[] {
  return [
    ...Object.entries(properties).flatMap(([key, inside]) => {
      const place = prefix === key ? key : `${prefix} ${key}`;
      return [place, ...within(place, inside)];
    }),
    ...(items === undefined ? [] : within(prefix, items)),
    ...anyOf.flatMap((each) => within(prefix, each)),
  ];
}
