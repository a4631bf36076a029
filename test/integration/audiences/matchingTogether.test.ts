// SG-11: what one statement reads of many people and filters is bounded: with more, fewer are asked about at a time.
import { filterSchema, needsOf } from '../../../domain/audience/filter.js';
import { matchingKey } from '../../../domain/facts/matching.js';
import { needsOfKind } from '../../../domain/facts/userFacts.js';
import { loadFacts } from '../../../facts/loadFacts.js';
import type { Queryable } from '../../../storage/pool.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const PEOPLE = 30;
const EACH = 1_000;

jest.setTimeout(120_000);

let database: TestDatabase;
let people: readonly number[];

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  await pool.query('select ensure_partitions($1::timestamptz)', [new Date(NOW)]);
  const { rows } = await pool.query<{ id: number }>(
    `insert into users (external_id, created_at, updated_at)
     select 'p' || n, now(), now() from generate_series(1, $1::int) n returning id`,
    [PEOPLE],
  );
  people = rows.map(({ id }) => id);
  // Of the person i, i events have the price 60, and the others 40.
  await pool.query(
    `insert into events (seq, received_at, user_id, kind, name, time, properties)
     select nextval('events_seq'), $2::timestamptz - n * interval '1 second', p.id, 'custom', 'cart',
       $2::timestamptz - n * interval '1 second',
       jsonb_build_object('price', case when n <= p.i then 60 else 40 end, 'note', repeat('x', $4::int))
     from unnest($1::bigint[]) with ordinality as p(id, i), generate_series(1, $3::int) n`,
    [people, new Date(NOW), EACH, 100],
  );
});
afterAll(() => database.drop());

const dear = (moreThan: number) => ({
  eventCount: 'cart',
  atLeast: 1,
  inLast: '7 days',
  where: [{ property: 'price', moreThan }],
});
const needs = (...filters: readonly object[]) => needsOf(filterSchema.parse({ any: filters }));

/** The same, telling how many rows each statement answered. */
function counting(answered: number[]): Queryable {
  const query = async (...args: readonly unknown[]) => {
    const answer = await Reflect.apply(database.pool.query, database.pool, args);
    answered.push(answer.rows.length);
    return answer;
  };
  return { query };
}

async function counts(userIds: readonly number[], filters: readonly object[]) {
  const answered: number[] = [];
  const asked = needs(...filters);
  const loaded = await loadFacts(counting(answered), { audience: { userIds, needs: asked, at: NOW } });
  const counted = userIds.map((userId) => {
    const { matching } = loaded.audienceFactsOf(userId);
    return needsOfKind(asked, 'matching').map((need) => {
      const counter = matching.get(matchingKey(need));
      const count = [...(counter?.days.values() ?? [])].reduce((sum, day) => sum + day.count, 0);
      return counter?.isCut === true ? null : count;
    });
  });
  return { counted, answered };
}

test('few people are asked about in one statement', async () => {
  const { counted, answered } = await counts(people.slice(0, 3), [dear(50), dear(30)]);
  expect(counted).toEqual([
    [1, EACH],
    [2, EACH],
    [3, EACH],
  ]);
  expect(answered).toHaveLength(1);
});

test('many people together are asked about in smaller groups, and each counts what they would alone', async () => {
  const { counted, answered } = await counts(people, [dear(50), dear(30)]);
  expect(counted).toEqual(people.map((_, index) => [index + 1, EACH]));
  expect(answered.length).toBeGreaterThan(2);
  expect(Math.max(...answered)).toBeLessThanOrEqual(20_001);
});

test('one person with many filters is asked about filter by filter', async () => {
  const filters = Array.from({ length: 25 }, (_, n) => dear(30 + n / 100));
  const { counted, answered } = await counts(people.slice(4, 5), filters);
  expect(counted).toEqual([filters.map(() => EACH)]);
  expect(answered.length).toBeGreaterThan(1);
});

test('large properties fill a statement too', async () => {
  const person = people.slice(0, 1);
  await database.pool.query(
    `update events set properties = properties || jsonb_build_object('note', repeat('y', 30000)) where user_id = $1
       and time > $2::timestamptz - interval '30 seconds'`,
    [person[0], new Date(NOW)],
  );
  const noted = (n: number) => ({
    eventCount: 'cart',
    atLeast: 1,
    inLast: '7 days',
    where: [{ property: 'note', doesNotEqual: `${n}` }],
  });
  // 29 events of 30 KB and some 900 of 100 bytes a filter: nearly 1 MB.
  const { counted, answered } = await counts(
    person,
    Array.from({ length: 20 }, (_, n) => noted(n)),
  );
  expect(counted).toEqual([Array.from({ length: 20 }, () => EACH)]);
  expect(answered.length).toBeGreaterThan(1);
});
