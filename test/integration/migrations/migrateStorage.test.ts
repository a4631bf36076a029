// What later features and less work need of the tables, of those from before too.
import { createEarlierDatabase } from '../../setup/earlierDatabase.js';

const USERS = `insert into users (external_id, created_at, updated_at) select $1 || n, now(), now() from generate_series(1, 2000) n`;

test('GC-01: people from before and new ones are spread over the buckets, and stay in theirs', async () => {
  const database = await createEarlierDatabase('000037');
  try {
    const { pool } = database;
    await pool.query(USERS, ['old']);
    await database.migrate();
    await pool.query(USERS, ['new']);
    const buckets = async () =>
      (await pool.query<{ random_bucket: number }>('select random_bucket from users order by id')).rows.map(
        (row) => row.random_bucket,
      );
    const drawn = await buckets();
    for (const half of [drawn.slice(0, 2_000), drawn.slice(2_000)]) {
      const tenths = Array.from({ length: 10 }, (_, n) => half.filter((each) => Math.floor(each / 1_000) === n).length);
      // Of 2,000 thrown into ten: beyond 140 and 260 once in a hundred thousand times.
      expect(tenths.every((count) => count > 140 && count < 260)).toBe(true);
    }
    await pool.query(`update users set email = external_id || '@example.com'`);
    expect(await buckets()).toEqual(drawn);
  } finally {
    await database.drop();
  }
});

test('requests of messages are compressed by lz4, where the server was built with it', async () => {
  const database = await createEarlierDatabase('000036');
  try {
    await database.migrate();
    const { rows } = await database.pool.query(
      `select attcompression = 'l' as is_lz4, (
         select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression'
       ) as has_lz4 from pg_attribute where attrelid = 'messages'::regclass and attname = 'request'`,
    );
    expect(rows[0].is_lz4).toBe(rows[0].has_lz4);
  } finally {
    await database.drop();
  }
});

test('H4: rows of the outbox from before know their campaign; what was asked for a pairing that is gone goes', async () => {
  const database = await createEarlierDatabase('000041');
  try {
    const { pool } = database;
    await pool.query(USERS, ['old']);
    await pool.query(
      `insert into campaigns (key, name, state, active_since, created_at, updated_at)
       select key, key, 'active', now(), now(), now() from unnest('{cart,welcome}'::text[]) as key`,
    );
    await pool.query(
      `insert into pairings (
         campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind, trigger_name,
         trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at
       )
       select c.id, u.id, 'e:1', 1, 1, 'a', 'waiting', 'custom', 'x', now(), 1, '{}', now(), now(), now()
       from campaigns c, (select min(id) as id from users) u`,
    );
    await pool.query(`insert into outbox (kind, pairing_id, attempts) select 'start', id, 3 from pairings`);
    await pool.query(`insert into outbox (kind, pairing_id) select 'wake', max(id) + 1 from pairings`);
    await database.migrate();
    const { rows } = await pool.query(
      `select o.target, o.kind, o.attempts, c.key from outbox o join pairings p on p.id = o.target_id
       join campaigns c on c.id = o.campaign_id and c.id = p.campaign_id order by c.key`,
    );
    expect(rows).toEqual(['cart', 'welcome'].map((key) => ({ target: 'pairing', kind: 'start', attempts: 3, key })));
    expect((await pool.query('select from outbox')).rowCount).toBe(2);
  } finally {
    await database.drop();
  }
});
