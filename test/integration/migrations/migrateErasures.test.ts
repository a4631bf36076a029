// What migration 53 makes of what was left unfinished before it.
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;
beforeAll(async () => {
  database = await createEarlierDatabase('000053');
});
afterAll(() => database.drop());

test('ID-05: what was left to do is kept, and that a person is to be erased can be left too', async () => {
  const { pool } = database;
  await pool.query(
    `insert into unfinished (user_id, kind, event_received_at, event_seq, after_id)
     values (1, 'exception', now(), 7, 3), (2, 'zone', null, null, 4)`,
  );
  const left = async () =>
    (await pool.query('select user_id, kind, event_seq, after_id from unfinished order by id')).rows;
  const before = await left();
  const erased = `insert into unfinished (user_id, kind, after_id) values (3, 'erased', 0)`;
  await expect(pool.query(erased)).rejects.toThrow('unfinished_kind_check');
  await database.migrate();
  expect(await left()).toEqual(before);
  await pool.query(erased);
  await expect(pool.query(`insert into unfinished (user_id, kind, after_id) values (3, 'other', 0)`)).rejects.toThrow(
    'unfinished_kind_check',
  );
});
