// L10: what the migration about states of addresses makes of people from before it.
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../../storage/migrate.js';
import { createEmptyDatabase, type TestDatabase } from '../../setup/database.js';

const NOW = Date.UTC(2026, 10, 23, 9);
const MIGRATIONS = path.join(__dirname, '../../../storage/migrations');

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await createEmptyDatabase();
  directory = await mkdtemp(path.join(tmpdir(), 'rappel-migrations-'));
  for (const file of (await readdir(MIGRATIONS)).filter((name) => name < '000024')) {
    await copyFile(path.join(MIGRATIONS, file), path.join(directory, file));
  }
  await migrate(database.pool, { now: NOW, directory });
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

test('L10: each address of which something was said gets its state, unsubscribed where one of its profiles is', async () => {
  await database.pool.query(`
    insert into users (external_id, email, email_subscription, created_at, updated_at) values
      ('one', 'Ann@Example.com', 'unsubscribed', '2026-01-01', '2026-01-01'),
      ('two', 'ann@example.COM', 'opted_in', '2026-01-01', '2026-01-01'),
      ('three', 'bob@example.com', 'opted_in', '2026-01-01', '2026-01-01'),
      ('four', 'Bob@example.com', 'subscribed', '2026-01-01', '2026-01-01'),
      ('five', 'eve@example.com', 'subscribed', '2026-01-01', '2026-01-01'),
      ('six', null, 'unsubscribed', '2026-01-01', '2026-01-01')
  `);
  await migrate(database.pool, { now: NOW, directory: MIGRATIONS });
  const { rows } = await database.pool.query('select key, state from address_states order by key');
  expect(rows).toEqual([
    { key: 'ann@example.com', state: 'unsubscribed' },
    { key: 'bob@example.com', state: 'opted_in' },
  ]);
});
