// /readyz fails while this process could only answer wrongly: its clock is off (L4), or nothing can be written.
import { createReadiness } from '../../../api/readiness.js';
import { createPool } from '../../../storage/pool.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const readiness = (clock?: () => Promise<number>) => createReadiness(api.deps, clock);

describe('L4: a clock that differs from that of the database', () => {
  test.each([
    [0, null],
    [4_000, null],
    [-4_000, null],
    [6_500, expect.stringContaining('6 s ahead of')],
    [-6_500, expect.stringContaining('6 s behind')],
  ])('by %d ms', async (off, reason) => {
    expect(await readiness(() => Promise.resolve(Date.now() + off))()).toEqual(reason);
  });

  test('an answer that was slow to come is no difference', async () => {
    let reads = 0;
    const slow = async () => Date.now() + (reads++ === 0 ? -20_000 : 20_000);
    expect(await readiness(slow)()).toBeNull();
  });
});

describe('L-row: writes that fail', () => {
  const query = (sql: string) => api.database.pool.query(sql);
  const failing = async (code: string) => {
    await query(`create or replace function fill_disk() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: zoe@example.com' using errcode = '${code}'; end $$`);
    await query('create or replace trigger fill_disk before insert on write_probe execute function fill_disk()');
  };
  afterEach(() => query('drop trigger if exists fill_disk on write_probe'));

  test.each([
    ['53100', 'The disk of the database is full: nothing can be recorded.'],
    ['XX001', 'The database takes no writes (XX001).'],
  ])('%s', async (code, reason) => {
    await failing(code);
    expect(await readiness()()).toBe(reason);
    await query('drop trigger fill_disk on write_probe');
    expect(await readiness()()).toBeNull();
  });

  test('a database that is read-only', async () => {
    const pool = createPool({
      connectionString: `${api.database.url}?options=-c%20default_transaction_read_only%3Don`,
    });
    expect(await createReadiness({ ...api.deps, pool })()).toBe('The database is read-only: nothing can be recorded.');
    await pool.end();
  });

  test('a write that takes too long', async () => {
    await query(`create or replace function fill_disk() returns trigger language plpgsql as
      $$ begin perform pg_sleep(20); return null; end $$`);
    await query('create or replace trigger fill_disk before insert on write_probe execute function fill_disk()');
    const startedAt = performance.now();
    expect(await readiness()()).toBe('The database takes no writes (57014).');
    expect(performance.now() - startedAt).toBeLessThan(1_600);
  });

  test('a flood of probes writes once in a while, and the table does not grow', async () => {
    const size = async () =>
      (await query(`select pg_relation_size('write_probe') as n, pg_relation_filenode('write_probe') as f`)).rows[0];
    const look = readiness();
    await look();
    const before = await size();
    for (let n = 0; n < 50; n++) await Promise.all(Array.from({ length: 20 }, () => look()));
    expect(await size()).toEqual(before);
    for (let n = 0; n < 20; n++) expect(await readiness()()).toBeNull();
    const after = await size();
    expect(after.n).toBe(before.n);
    // It did write, and into a new file each time.
    expect(after.f).not.toBe(before.f);
    expect(before.n).toBe(32_768);
  });
});
