// A database that ends its connections (a restart, a failover) is an error of the statement under way, never of the process.
import { createPool, type Pool } from '../../storage/pool.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a connection that is lost between two statements of a transaction fails the transaction, and the pool goes on', async () => {
  const lost = withTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => {
      tx.once('end', resolve);
    });
    await database.pool.query('select pg_terminate_backend($1::int)', [rows[0]?.pid]);
    await ended;
    await tx.query('select 1');
  });
  await expect(lost).rejects.toThrow(/not queryable|terminat/);
  expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
