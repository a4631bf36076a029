// Brings a database to the newest schema: the numbered SQL files of migrations/, forward only, each in one transaction.
// A file that changed after it was applied is an error: history is added to, never edited.
// `-- no transaction` as first line (for `create index concurrently`) asks for a file of one statement.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeErrorInLine } from '../telemetry/describeError.js';
import { instant, type Pool, type TransactionClient } from './pool.js';

/** Any constant will do, as long as every version of Rappel uses the same: it lets only one process migrate at a time. */
const MIGRATION_LOCK = 7_276_035;
const FILE_NAME = /^\d{6}_\w+\.sql$/;
const NO_TRANSACTION = /^-- no transaction\b/;

export interface MigrateOptions {
  /** Partitions are made to exist from the month and day of this instant (epoch ms) on. */
  readonly now: number;
  /** Where the SQL is; the build copies it beside the compiled file. */
  readonly directory?: string;
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

/** Applies what is missing and returns the names of the files it applied. */
export async function migrate(pool: Pool, options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.directory ?? path.join(__dirname, 'migrations'));
  const client = await pool.connect();
  try {
    // A migration may rewrite a large table, and another process may be doing it before us: no deadline here.
    await client.query('set statement_timeout = 0; set lock_timeout = 0');
    await client.query('select pg_advisory_lock($1::bigint)', [MIGRATION_LOCK]);
    const applied = await applyMissing(client, migrations);
    await client.query('select ensure_partitions($1::timestamptz)', [instant(options.now)]);
    return applied;
  } finally {
    // The session carries changed settings and the lock: closing it gives both back.
    client.release(true);
  }
}

/** Its message is for whoever runs the migrations, and quotes no row. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

/** The SQL files of the folder and of those in it, in the order of their names. */
export async function migrationFiles(
  directory: string,
): Promise<readonly { readonly name: string; readonly file: string }[]> {
  const files = await readdir(directory, { recursive: true });
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({ name: path.basename(file), file: path.join(directory, file) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const files = await migrationFiles(directory);
  if (files.length === 0) throw new MigrationError(`No migration (*.sql) in ${directory}`);
  const wrong = files.find(({ name }) => !FILE_NAME.test(name));
  if (wrong !== undefined)
    throw new MigrationError(`Migration ${wrong.name} in ${directory} must be named like 000001_initial.sql`);
  return Promise.all(
    files.map(async ({ name, file }) => {
      const sql = await readFile(file, 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function applyMissing(client: TransactionClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key,
    hash text not null,
    applied_at timestamptz not null default clock_timestamp()
  )`);
  const { rows } = await client.query<{ name: string; hash: string }>('select name, hash from schema_migrations');
  const recorded = new Map(rows.map((row) => [row.name, row.hash]));
  const missing = planMigrations(migrations, recorded);
  for (const migration of missing) await apply(client, migration);
  return missing.map((migration) => migration.name);
}

/** What is left to apply, after checking that what was applied is still what the files say. */
export function planMigrations(
  migrations: readonly Migration[],
  recorded: ReadonlyMap<string, string>,
): readonly Migration[] {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...recorded.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new MigrationError(
      `The database has migration ${unknown}, which this version of Rappel does not know: run a newer one`,
    );
  }
  const last = [...recorded.keys()].sort().at(-1) ?? '';
  for (const { name, hash } of migrations) {
    const recordedHash = recorded.get(name);
    if (recordedHash === undefined && name < last) {
      throw new MigrationError(
        `Migration ${name} is numbered before ${last}, which is already applied: give it a higher number`,
      );
    }
    if (recordedHash !== undefined && recordedHash !== hash) {
      throw new MigrationError(
        `Migration ${name} was changed after it was applied: restore it and add a new one instead (an embedded database of a trial: npm run reset)`,
      );
    }
  }
  return migrations.filter((migration) => !recorded.has(migration.name));
}

async function apply(client: TransactionClient, { name, sql, hash }: Migration): Promise<void> {
  const isTransactional = !NO_TRANSACTION.test(sql);
  const record = 'insert into schema_migrations (name, hash) values ($1::text, $2::text)';
  try {
    if (isTransactional) await client.query('begin');
    await client.query(sql);
    await client.query(record, [name, hash]);
    if (isTransactional) await client.query('commit');
  } catch (error) {
    if (isTransactional) await client.query('rollback').catch(() => undefined);
    throw new MigrationError(`Migration ${name} failed: ${whyOf(error)}`, { cause: error });
  }
}

/** What is wrong with a statement (class 42) quotes the migration alone; anything else may quote a row. */
function whyOf(error: unknown): string {
  const isOfStatement = error instanceof Error && 'code' in error && /^42\w{3}$/.test(String(error.code));
  return isOfStatement ? error.message : describeErrorInLine(error);
}
