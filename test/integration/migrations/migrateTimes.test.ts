// What the migrations about times make of rows from before them.
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;

beforeEach(async () => {
  database = await createEarlierDatabase('000005');
  await database.pool.query(`
    insert into users (external_id, created_at, updated_at) values ('ann', now(), now());
    insert into campaigns (key, name, state, active_since, created_at, updated_at)
      values ('c', 'c', 'active', '2026-11-01', '2026-11-01', '2026-11-01');
    insert into events (seq, received_at, user_id, kind, name, time, properties)
      values (1, '2026-11-23T09:00Z', 1, 'custom', 'x', '2026-11-23T09:00Z', '{}');
    insert into receipts (campaign_id, user_id, count, first_at, last_at)
      values (1, 1, 1, '2026-11-23T09:00:00.4Z', '2026-11-23T09:00:00.4Z');
    insert into pairings (
      campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind, trigger_name,
      trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at
    )
    select 1, 1, key, 1, 1, 'a', 'waiting', 'custom', 'x', '2026-11-23T09:00Z', 1, '{}', '2026-11-23T22:00Z', wake, now()
    from (values
      ('due', timestamptz '2026-11-23T22:00Z'), ('held', '2026-11-24T07:00Z'), ('refused', '2026-11-23T22:05Z')
    ) as p(key, wake);
    insert into messages (pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, created_at)
      select id, 1, 1, 'email', 'a', 'k', 'released', false, now() from pairings where occurrence_key = 'refused';
  `);
});
afterEach(async () => {
  await database.drop();
});

const rows = async (sql: string) => (await database.pool.query(sql)).rows;
const planned = () => rows('select occurrence_key as key, planned_at from pairings order by id');

test('AB-18, RE-13: events and triggers stay as exact as they were taken to be, receipts count from where they did', async () => {
  await database.migrate();
  expect(await rows('select whole_second from events')).toEqual([{ whole_second: false }]);
  expect(await rows('select distinct trigger_whole_second from pairings')).toEqual([{ trigger_whole_second: false }]);
  expect(await rows('select counts_from, last_at from receipts')).toEqual([
    { counts_from: null, last_at: Date.parse('2026-11-23T09:00:00.400Z') },
  ]);
});

test('B16: who is held by hours is late only from the end of that hold, who was refused from the due instant', async () => {
  await database.migrate();
  expect(await planned()).toEqual([
    { key: 'due', planned_at: null },
    { key: 'held', planned_at: Date.parse('2026-11-24T07:00Z') },
    { key: 'refused', planned_at: null },
  ]);
});

test('B16: while a channel is suspended, nobody can tell: lateness counts from the due instant, as it did', async () => {
  await database.pool.query(
    `insert into channel_suspensions (channel, code, detail, failures, since, retry_at) values ('email', 'x', 'x', 1, now(), now())`,
  );
  await database.migrate();
  expect((await planned()).map(({ planned_at }) => planned_at)).toEqual([null, null, null]);
});
