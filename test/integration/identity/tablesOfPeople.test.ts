// What is written by hand about the tables that hold something of people, compared with the tables there are.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

let database: TestDatabase;
let tables: readonly string[];
beforeAll(async () => {
  database = await createTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>(
    `select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.attname = 'user_id' and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
       and c.relnamespace = 'public'::regnamespace
     order by 1`,
  );
  tables = rows.map(({ name }) => name);
});
afterAll(() => database.drop());

const queries = (file: string) => readFileSync(path.join(__dirname, '../../../storage/queries/people', file), 'utf8');

test('ID-03: merging moves what every table has of a person', () => {
  const text = queries('identity/mergedPeople.ts');
  const moved = (table: string) => new RegExp(`(?:update|insert into) ${table}\\b`).test(text);
  expect(tables.length).toBeGreaterThanOrEqual(10);
  expect(tables.filter((table) => !moved(table))).toEqual([]);
});

/** And why the export of a person does not read them. */
const NOT_EXPORTED: Readonly<Record<string, string>> = {
  former_external_ids: 'names that led to the person before: not told yet',
  unfinished: 'work that is still to be done',
  user_aliases: 'told with the profile',
};

test('the export of a person reads every table that has something of them, or it is said why not', () => {
  const text = queries('exportPerson.ts');
  const isRead = (table: string) => new RegExp(`(?:from|join) ${table}\\b`).test(text);
  expect(tables.filter((table) => !isRead(table))).toEqual(Object.keys(NOT_EXPORTED).sort());
});
