import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../../storage/migrate.js';
import { createPool } from '../../../storage/pool.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../setup/database.js';

const NOW = Date.UTC(2026, 10, 23, 9);
const PARTITIONS = `create function ensure_partitions(around timestamptz) returns void language sql as 'select';`;

describe('migrate', () => {
  let database: TestDatabase;
  let directory: string;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    directory = await mkdtemp(path.join(tmpdir(), 'rappel-migrations-'));
    await writeFile(path.join(directory, '000001_first.sql'), `${PARTITIONS} create table people (id int);`);
  });

  afterEach(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  async function tables(): Promise<string[]> {
    const { rows } = await database.pool.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    );
    return rows.map((row) => row.name);
  }

  it('applies each file once, in order', async () => {
    await writeFile(path.join(directory, '000002_second.sql'), 'alter table people add name text;');
    expect(await migrate(database.pool, { now: NOW, directory })).toEqual(['000001_first.sql', '000002_second.sql']);
    expect(await migrate(database.pool, { now: NOW, directory })).toEqual([]);
  });

  it('leaves nothing of a file that fails, and keeps the files before it', async () => {
    await writeFile(path.join(directory, '000002_second.sql'), 'create table pets (id int); select wrong;');
    await expect(migrate(database.pool, { now: NOW, directory })).rejects.toThrow('Migration 000002_second.sql failed');
    expect(await tables()).toEqual(['people', 'schema_migrations']);
  });

  it('refuses a file that changed after it was applied', async () => {
    await migrate(database.pool, { now: NOW, directory });
    await writeFile(path.join(directory, '000001_first.sql'), `${PARTITIONS} create table persons (id int);`);
    await expect(migrate(database.pool, { now: NOW, directory })).rejects.toThrow(
      'Migration 000001_first.sql was changed after it was applied',
    );
  });

  it('runs a file that asks for it outside a transaction', async () => {
    await writeFile(
      path.join(directory, '000002_index.sql'),
      '-- no transaction\ncreate index concurrently people_id on people (id);',
    );
    expect(await migrate(database.pool, { now: NOW, directory })).toContain('000002_index.sql');
  });

  it('applies each file once when several processes migrate at the same time', async () => {
    const other = createPool({ connectionString: database.url });
    try {
      const applied = await Promise.all([
        migrate(database.pool, { now: NOW, directory }),
        migrate(other, { now: NOW, directory }),
        migrate(other, { now: NOW, directory }),
      ]);
      expect(applied.flat()).toEqual(['000001_first.sql']);
    } finally {
      await other.end();
    }
  });

  it('brings an empty database to the schema, with partitions for the months ahead', async () => {
    await migrate(database.pool, { now: NOW });
    expect(await tables()).toEqual(expect.arrayContaining(['users', 'events_202611', 'events_202702']));
    expect(await migrate(database.pool, { now: NOW })).toEqual([]);
  });
});

describe('createTestDatabase', () => {
  it('gives each test file the migrated schema and data of its own', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      await one.pool.query("insert into event_keys (source_id, received_at) values ('k', now())");
      const { rows } = await two.pool.query<{ count: number }>('select count(*) from event_keys');
      expect(rows).toEqual([{ count: 0 }]);
    } finally {
      await Promise.all([one.drop(), two.drop()]);
    }
  });
});
