// What imports need of the tables, of those from before too.
import { createEarlierDatabase } from '../../setup/earlierDatabase.js';

const INSERT = `insert into events (seq, received_at, user_id, kind, name, time, properties)
  values ($1, $2::timestamptz, 1, 'custom', 'x', $2::timestamptz, '{}')`;

test('events from before were not imported; a past month is made while others record and read', async () => {
  const database = await createEarlierDatabase('000050');
  const { pool } = database;
  const recorder = await pool.connect();
  try {
    await pool.query(INSERT, [1, '2026-11-23T09:00Z']);
    await database.migrate();
    expect((await pool.query('select seq, imported from events')).rows).toEqual([{ seq: 1, imported: false }]);
    await recorder.query('begin');
    await recorder.query(INSERT, [2, '2026-11-23T10:00Z']);
    // With the other transaction open: what waited for it would wait for ever.
    const months = ['2019-12-31T23:59:59.999Z', '2020-01-01T00:00:00Z', '2020-01-31T12:00:00Z', '2026-11-30T00:00:00Z'];
    for (const month of months) await pool.query('select ensure_event_month($1::timestamptz)', [month]);
    await recorder.query('commit');
    for (const [n, month] of months.entries()) await pool.query(INSERT, [10 + n, month]);
    const { rows } = await pool.query(
      `select tableoid::regclass::text as name, count(*)::int as n from events group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { name: 'events_201912', n: 1 },
      { name: 'events_202001', n: 2 },
      { name: 'events_202611', n: 3 },
    ]);
    const indexes = await pool.query(
      `select tablename, count(*)::int as n from pg_indexes where tablename in ('events_202001', 'events_202611') group by 1 order by 1`,
    );
    expect(indexes.rows.map(({ n }) => n)).toEqual([2, 2]);
    await expect(
      pool.query(INSERT.replace("$2::timestamptz, '{}'", `$2::timestamptz + interval '1 hour', '{}'`), [
        99,
        '2020-01-05',
      ]),
    ).rejects.toThrow('check constraint');
    await pool.query(`select ensure_partitions('2019-11-15'::timestamptz)`);
  } finally {
    recorder.release();
    await database.drop();
  }
});
