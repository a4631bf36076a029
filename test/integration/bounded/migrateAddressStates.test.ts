// L10: what the migration about states of addresses makes of people from before it.
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;

beforeAll(async () => {
  database = await createEarlierDatabase('000024');
});
afterAll(async () => {
  await database.drop();
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
  await database.migrate();
  const { rows } = await database.pool.query('select key, state from address_states order by key');
  expect(rows).toEqual([
    { key: 'ann@example.com', state: 'unsubscribed' },
    { key: 'bob@example.com', state: 'opted_in' },
  ]);
});
