#!/usr/bin/env node
// The `rappel` command of a deployment: migrate, keys, serve. Configured by the environment, like everything else.
import { Command } from 'commander';
import { type Config, ConfigError, loadConfig } from '../config/config.js';
import { migrate } from '../storage/migrate.js';
import { createPool, type Pool } from '../storage/pool.js';
import { systemClock } from '../telemetry/clock.js';
import { createKey, describeKeys, parseScopes, revokeKey } from './keys.js';

const program = new Command('rappel').description('The right message to the right person, or the reason why not.');

program
  .command('migrate')
  .description('bring the database of DATABASE_URL to the newest schema')
  .action(() =>
    withPool(async (pool) => {
      const applied = await migrate(pool, { now: await systemClock() });
      print(applied.length === 0 ? 'The database is up to date' : `Applied ${applied.join(', ')}`);
    }),
  );

const keys = program.command('keys').description('API keys');
keys
  .command('create')
  .description('make a key and show it, this once')
  .requiredOption('--name <name>', 'what it is for')
  .requiredOption('--scopes <scopes>', 'comma-separated scopes, or all')
  .action(({ name, scopes }: { readonly name: string; readonly scopes: string }) =>
    withPool(async (pool) => print(await createKey(pool, { name, scopes: parseScopes(scopes) }))),
  );
keys
  .command('list')
  .description('every key, by its prefix')
  .action(() => withPool(async (pool) => (await describeKeys(pool)).forEach(print)));
keys
  .command('revoke <prefix>')
  .description('make a key useless from now on')
  .action((prefix: string) =>
    withPool(async (pool) => {
      await revokeKey(pool, prefix, await systemClock());
      print(`Revoked ${prefix}`);
    }),
  );

const serve = program.command('serve').description('run one part until it is asked to stop');
serve
  .command('api')
  .description('the HTTP API')
  .action(async () => {
    const config = loadConfig();
    const { serveApi } = await import('./serve.js');
    await serveApi(config);
  });
serve
  .command('worker')
  .description('a worker: waits, decides, sends')
  .action(async () => {
    const config = loadConfig();
    const { serveWorker } = await import('./serve.js');
    await serveWorker(config);
  });

async function withPool(work: (pool: Pool) => Promise<void>): Promise<void> {
  const { database }: Config = loadConfig();
  const pool = createPool({ connectionString: database.url, max: 1, applicationName: 'rappel-cli' });
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

program.parseAsync().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  },
);

/** A wrong setting or an unreachable server needs no stack. */
function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return `rappel: ${error.message || ('code' in error ? String(error.code) : error.name)}`;
}
