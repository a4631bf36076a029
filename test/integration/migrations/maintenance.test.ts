// What the storage sweep makes ahead and lets go.
import { sweepStorage } from '../../../outbox/sweeps.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

const DAY = 86_400_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function partitions(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent in ('rejections'::regclass, 'events'::regclass) order by 1`,
  );
  return rows.map(({ name }) => name);
}

test('rejections older than 30 days are dropped by the day; days and months ahead are made', async () => {
  const now = Date.parse('2031-03-15T12:00:00Z');
  const clock = () => Promise.resolve(now - 31 * DAY);
  // A table whose name ends like no date, for a plan that looks at every table before it looks at partitions.
  await database.pool.query('create table unrelated_st_1 (id int)');
  await sweepStorage({ pool: database.pool, clock });
  expect(await partitions()).toEqual(expect.arrayContaining(['rejections_20310212', 'rejections_20310213']));
  await sweepStorage({ pool: database.pool, clock: () => Promise.resolve(now) });
  const left = await partitions();
  expect(left).not.toContain('rejections_20310212');
  expect(left).toEqual(
    expect.arrayContaining(['rejections_20310213', 'rejections_20310423', 'events_203103', 'events_203106']),
  );
});
