// Typed SQL, cheaply: every statement of storage/queries is prepared against the migrated schema.
import { createTestDatabase, type TestDatabase } from '../setup/database.js';
import { statements } from '../setup/statements.js';

describe('every statement of storage/queries', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('finds the statements', () => {
    expect(statements().length).toBeGreaterThan(25);
  });

  it.each(statements().map((statement) => [statement.where, statement.sql]))(
    '%s is valid against the schema',
    async (_, sql) => {
      await database.pool.query(`prepare checked as ${sql}; deallocate checked`);
    },
  );
});
