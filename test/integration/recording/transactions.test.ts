// What a transaction with a first step promises: all or nothing, whichever of its statements fails.
import { createPool, type Pool, type TransactionClient } from '../../../storage/pool.js';
import { withOpenedTransaction } from '../../../storage/withTransaction.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: what one transaction leaves behind the next one meets.
  pool = createPool({ connectionString: database.url, max: 1 });
  await pool.query('create table notes (text text)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const notes = async () => (await pool.query<{ text: string }>('select text from notes order by text')).rows;
const write = (text: string) => ({ name: 'write', text: 'insert into notes values ($1::text)', values: [text] });

test('the first step is run inside the transaction, and its result reaches the second', async () => {
  const told = await withOpenedTransaction(pool, {
    open: async (tx) => {
      const [one, two] = await Promise.all([
        tx.query<{ id: string }>('select pg_current_xact_id()::text as id'),
        tx.query<{ id: string }>('select pg_current_xact_id()::text as id'),
      ]);
      return [one.rows[0]?.id, two.rows[0]?.id];
    },
    work: async (tx, [one, two]) => {
      await tx.query(write('kept'));
      const { rows } = await tx.query<{ id: string }>('select pg_current_xact_id()::text as id');
      return [one === two, two === rows[0]?.id];
    },
  });
  expect(told).toEqual([true, true]);
  expect(await notes()).toEqual([{ text: 'kept' }]);
});

test('a first step that fails undoes everything, and statements sent behind it leave nothing either', async () => {
  const failing = withOpenedTransaction(pool, {
    open: async (tx) => {
      await Promise.all([
        tx.query(write('undone')),
        tx.query('select 1 / 0'),
        tx.query({ name: 'late', text: 'select 2' }),
      ]);
    },
    work: () => Promise.reject(new Error('not reached')),
  });
  await expect(failing).rejects.toThrow('division by zero');
  expect(await notes()).toEqual([{ text: 'kept' }]);
  // The connection is as good as before, and so is the statement that was refused there.
  expect((await pool.query({ name: 'late', text: 'select 2' })).rows).toEqual([{ '?column?': 2 }]);
});

test('a second step that fails undoes everything', async () => {
  const failing = withOpenedTransaction(pool, {
    open: (tx) => tx.query('select 1'),
    work: async (tx) => {
      await tx.query(write('undone'));
      throw new Error('of our own');
    },
  });
  await expect(failing).rejects.toThrow('of our own');
  expect(await notes()).toEqual([{ text: 'kept' }]);
});

test('a begin that fails is the error of the transaction, and its second step is not run', async () => {
  let wasRun = false;
  const failing = withOpenedTransaction(
    pool,
    {
      open: (tx) => tx.query('select 1'),
      work: async () => {
        wasRun = true;
        return await Promise.resolve();
      },
    },
    // Refused by the server: beyond what the setting can hold.
    { lockTimeoutMs: 1e12 },
  );
  await expect(failing).rejects.toThrow('lock_timeout');
  expect(wasRun).toBe(false);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

describe('a statement that is waited for with the commit', () => {
  const sentIn = (statement: (tx: TransactionClient) => Promise<unknown>, after: Work = async () => {}) =>
    withOpenedTransaction(pool, {
      open: (tx) => tx.query(write('first')),
      work: async (tx, _, withCommit) => {
        withCommit(statement(tx));
        await after(tx);
      },
    });
  type Work = (tx: TransactionClient) => Promise<unknown>;
  beforeEach(async () => {
    await pool.query('delete from notes');
  });

  test('is kept with the rest', async () => {
    await sentIn((tx) => tx.query(write('second')));
    expect(await notes()).toEqual([{ text: 'first' }, { text: 'second' }]);
  });

  test('undoes everything if the server refuses it, and is what the transaction fails with', async () => {
    await expect(sentIn((tx) => tx.query('select 1 / 0'))).rejects.toThrow('division by zero');
    expect(await notes()).toEqual([]);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('is what the transaction fails with also where a later statement is refused for it', async () => {
    const failing = sentIn(
      (tx) => tx.query('select 1 / 0'),
      (tx) => tx.query(write('third')),
    );
    await expect(failing).rejects.toThrow('division by zero');
    expect(await notes()).toEqual([]);
  });

  test('undoes everything if it could not be sent', async () => {
    await expect(sentIn(() => Promise.reject(new Error('never sent')))).rejects.toThrow('never sent');
    expect(await notes()).toEqual([]);
  });

  test('has the transaction run again where it met another', async () => {
    let runs = 0;
    const once = "do $$ begin raise exception 'met another' using errcode = '40001'; end $$";
    await sentIn((tx) => {
      runs += 1;
      return tx.query(runs === 1 ? once : write('second'));
    });
    expect([runs, await notes()]).toEqual([2, [{ text: 'first' }, { text: 'second' }]]);
  });
});
