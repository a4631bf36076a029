// docs/schema.md and docs/states.md say of the database what it says of itself.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENT_KINDS, isCounted } from '../../../domain/event/kinds.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const guide = (name: string) => readFileSync(path.join(__dirname, '../../../docs', name), 'utf8');

test('each table has its line', async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select relname as name from pg_class
     where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition`,
  );
  const listed = [...guide('schema.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(rows.map(({ name }) => name).sort());
});

/** The texts that the check of a column allows. */
async function allowed(table: string, column: string): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ text: string }>(
    `select pg_get_constraintdef(oid) as text from pg_constraint
     where conrelid = $1::regclass and contype = 'c' and conkey = array[(
       select attnum from pg_attribute where attrelid = $1::regclass and attname = $2
     )]`,
    [table, column],
  );
  return rows.flatMap(({ text }) => [...text.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)).sort();
}

test.each([
  ['a pairing', 'pairings'],
  ['a message', 'messages'],
])('the states of %s are those that the database allows', async (_, table) => {
  const [, pairing = '', message = ''] = guide('states.md').split('```mermaid');
  const diagram = (table === 'pairings' ? pairing : message).split('```')[0] ?? '';
  const named = [...diagram.matchAll(/(\w+) --> |--> (\w+)/g)].flatMap(([, from, to]) => from ?? to ?? []);
  expect([...new Set(named)].sort()).toEqual(await allowed(table, 'state'));
});

test('the outcomes of a pairing are those that the database allows', async () => {
  const sentence = /An ended pairing has one outcome: (.*?), and a reason/s.exec(guide('states.md'))?.[1] ?? '';
  expect([...sentence.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).sort()).toEqual(
    await allowed('pairings', 'outcome'),
  );
});

test('the kinds of events are those that the database allows, and the counted ones those of the counters', async () => {
  expect(EVENT_KINDS.toSorted()).toEqual(await allowed('events', 'kind'));
  expect(EVENT_KINDS.filter(isCounted).toSorted()).toEqual(await allowed('event_totals', 'kind'));
});
