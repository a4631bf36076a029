// A database of its own for each test file, cloned from a template that the first of them migrates.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../storage/migrate.js';
import { createPool, type Pool } from '../../storage/pool.js';
import { type CountDifference, findWrongCounts } from '../../storage/queries/counts/recountCampaigns.js';
import { withTransaction } from '../../storage/withTransaction.js';

const TEMPLATE = 'rappel_template';
const TEMPLATE_LOCK = 4_242;

export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Closes the pool and removes the database. Throws where the kept counts differ from what is stored (H4). */
  drop(): Promise<void>;
}

/** With the migrated schema and no data. */
export async function createTestDatabase(): Promise<TestDatabase> {
  await withAdministrator(ensureTemplate);
  return createDatabase(`template ${TEMPLATE}`);
}

/** Without any schema, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

async function createDatabase(source: string): Promise<TestDatabase> {
  const name = `rappel_test_${randomBytes(6).toString('hex')}`;
  await withAdministrator((administrator) => administrator.query(`create database ${name} ${source}`));
  const url = databaseUrl(name);
  const pool = createPool({ connectionString: url, applicationName: 'rappel-test' });
  return {
    url,
    pool,
    async drop() {
      const wrong = await wrongCounts(pool);
      await pool.end();
      await withAdministrator((administrator) => administrator.query(`drop database ${name} with (force)`));
      if (wrong.length > 0) throw new Error(`the kept counts are wrong: ${JSON.stringify(wrong)}`);
    },
  };
}

/** Every test that uses the schema also proves that nothing it did is counted wrongly; none without the tables. */
async function wrongCounts(pool: Pool): Promise<readonly CountDifference[]> {
  const { rows } = await pool.query<{ exists: boolean }>(`select to_regclass('recounted') is not null as exists`);
  return rows[0]?.exists === true ? withTransaction(pool, findWrongCounts) : [];
}

/** Test files run in several processes: the lock lets one of them make the template, the others find it. */
async function ensureTemplate(administrator: pg.Client): Promise<void> {
  await administrator.query('select pg_advisory_lock($1::bigint)', [TEMPLATE_LOCK]);
  const { rowCount } = await administrator.query('select from pg_database where datname = $1::text and datistemplate', [
    TEMPLATE,
  ]);
  if (rowCount === 0) {
    await administrator.query(`drop database if exists ${TEMPLATE}`);
    await administrator.query(`create database ${TEMPLATE}`);
    const pool = createPool({ connectionString: databaseUrl(TEMPLATE), max: 1 });
    await migrate(pool, { now: Date.now() });
    await pool.end();
    await administrator.query(`alter database ${TEMPLATE} is_template true`);
  }
  await administrator.query('select pg_advisory_unlock($1::bigint)', [TEMPLATE_LOCK]);
}

async function withAdministrator(work: (administrator: pg.Client) => Promise<unknown>): Promise<void> {
  const administrator = new pg.Client({ connectionString: databaseUrl('postgres') });
  await administrator.connect();
  try {
    await work(administrator);
  } finally {
    await administrator.end();
  }
}

function databaseUrl(name: string): string {
  const server = process.env.RAPPEL_TEST_POSTGRES_URL;
  if (server === undefined) throw new Error('RAPPEL_TEST_POSTGRES_URL is not set: run the tests through jest');
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
