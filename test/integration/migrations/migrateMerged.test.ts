// What migration 55 makes of pairings from before it.
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;
beforeAll(async () => {
  database = await createEarlierDatabase('000055');
});
afterAll(() => database.drop());

test('ID-06: runs of pairings from before are named by the person that they have', async () => {
  const { pool } = database;
  await pool.query(`
    insert into users (external_id, created_at, updated_at) values ('ann', now(), now());
    insert into campaigns (key, name, state, active_since, created_at, updated_at)
      values ('c', 'c', 'active', '2026-11-01', '2026-11-01', '2026-11-01');
    insert into pairings (
      campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind, trigger_name,
      trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at
    ) values (1, 1, 'e:1', 1, 1, 'main', 'waiting', 'custom', 'x', now(), 1, '{}', now(), now(), now());
  `);
  await database.migrate();
  const { rows } = await pool.query('select user_id, run_user_id from pairings');
  expect(rows).toEqual([{ user_id: 1, run_user_id: null }]);
  await pool.query('insert into merged_people (id, merged_into) values (7, 1)');
  await pool.query('delete from users');
  expect((await pool.query('select * from merged_people')).rows).toEqual([]);
});
