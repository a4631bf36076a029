// Typed SQL, cheaply: every statement of storage/queries and every source of facts is prepared against the migrated schema.

import { factsStatement } from '../../facts/factsStatement.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { EVERYTHING, factStatements, statements } from '../setup/statements.js';

/** A person's row is the lock of all that is theirs: see docs/decisions/running/person-lock.md. */
const LOCKS_PEOPLE = /\bfrom users\b(?:(?!\bfrom\b).)*\bfor (?:no key )?update/s;

test('people are locked by the statements of one file, and by the one that settles a message', () => {
  const locking = statements().filter(({ sql }) => LOCKS_PEOPLE.test(sql));
  expect([...new Set(locking.map(({ where }) => where.split(' ')[0]))].sort()).toEqual([
    'lockUsers.ts',
    'settleMessages.ts',
  ]);
});

describe('every statement of storage/queries', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('finds the statements', () => {
    expect(statements().length).toBeGreaterThan(25);
  });

  it.each([...statements(), ...factStatements()].map((statement) => [statement.where, statement.sql]))(
    '%s is valid against the schema',
    async (_, sql) => {
      await database.pool.query(`prepare checked as ${sql}; deallocate checked`);
    },
  );

  it('a statement of all the sources is valid, and one name stands for one text', async () => {
    const statement = factsStatement(EVERYTHING);
    expect((await database.pool.query({ ...statement, text: statement?.text ?? '' })).rows).toEqual([]);
    expect(Buffer.byteLength(statement?.name ?? '')).toBeLessThanOrEqual(63);
    const others = factsStatement({
      ...EVERYTHING,
      pairings: { ids: [2, 3] },
      open: { userIds: [2, 3], campaignIds: [4], keys: ['k'] },
    });
    expect([others?.name, others?.text]).toEqual([statement?.name, statement?.text]);
    expect(factsStatement({ waiting: { userIds: [1] } })?.name).toBe('facts:waiting');
    expect(factsStatement({ waiting: { userIds: [] }, profile: { userIds: [] } })).toBeNull();
  });
});
