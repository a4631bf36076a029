#!/usr/bin/env -S node --disable-proto=delete
// The `rappel` command of a deployment: migrate, keys, serve. Configured by the environment, like everything else.
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { type Config, ConfigError } from '../config/config.js';
import { SCOPES } from '../domain/apiKey.js';
import { createSecretCipher } from '../domain/secret/secretCipher.js';
import { migrate } from '../storage/migrate.js';
import { createPool, type Pool } from '../storage/pool.js';
import { systemClock } from '../telemetry/clock.js';
import { describeErrorInLine } from '../telemetry/describeError.js';
import { checkCounts, recount } from './counts.js';
import { dropMonth } from './dropMonth.js';
import { type ImportOptions, importCommand } from './import/command.js';
import { commandLine, createKey, describeKeys, parseScopes, revokeKey } from './keys.js';
import { endByUncaught } from './lastWords.js';
import { loadSettings } from './loadSettings.js';
import { describeSecrets, readInput, rotateSecrets, storeSecret } from './secrets.js';

endByUncaught();

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
  .requiredOption('--scopes <scopes>', `comma-separated, of ${SCOPES.join(', ')}; or all`)
  .action(({ name, scopes }: { readonly name: string; readonly scopes: string }) =>
    withPool(async (pool) => {
      const act = { actor: commandLine(), now: await systemClock() };
      print(await createKey(pool, { name, scopes: parseScopes(scopes) }, act));
    }),
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
      await revokeKey(pool, prefix, { actor: commandLine(), now: await systemClock() });
      print(`Revoked ${prefix}`);
    }),
  );

const secrets = program.command('secrets').description('named secrets, which headers of webhooks name');
secrets
  .command('list')
  .description('every secret, without its value')
  .action(() => withPool(async (pool) => (await describeSecrets(pool)).forEach(print)));
secrets
  .command('set <name>')
  .description('set or replace one; its value is read from standard input')
  .action((name: string) =>
    withPool(async (pool, { secretKeys }) => {
      const act = { actor: commandLine(), now: await systemClock() };
      const input = await readInput(process.stdin);
      print(await storeSecret(pool, createSecretCipher(secretKeys), { name, input, act }));
    }),
  );
secrets
  .command('rotate')
  .description('encrypt with the newest key of RAPPEL_SECRET_KEYS what is encrypted with an older one')
  .action(() =>
    withPool(async (pool, { secretKeys }) => {
      const act = { actor: commandLine(), now: await systemClock() };
      const { unreadable } = await rotateSecrets(pool, createSecretCipher(secretKeys), { act, print });
      if (unreadable.length > 0) process.exitCode = 1;
    }),
  );

/** For what reads all pairings, or all events of a month. */
const READS_ALL = { queryTimeoutMs: 3_600_000 };

const counts = program.command('counts').description('the kept counts of campaigns');
counts
  .command('check')
  .description('compare them with what is stored; exit code 1 where they differ')
  .action(() =>
    withPool(async (pool) => {
      const differences = await checkCounts(pool);
      differences.forEach(print);
      print(differences.length === 0 ? 'The counts are right' : 'Mend them with: rappel counts recount');
      if (differences.length > 0) process.exitCode = 1;
    }, READS_ALL),
  );
counts
  .command('recount')
  .description('make them equal to what is stored, while everything runs')
  .action(() =>
    withPool(async (pool) => {
      const differences = await recount(pool);
      differences.forEach(print);
      print(differences.length === 0 ? 'The counts were right' : 'Mended');
    }, READS_ALL),
  );

const events = program.command('events').description('the stored events');
events
  .command('drop <month>')
  .description('say how many events a month has (2026-05) and who needs them; with --yes delete them where nobody does')
  .option('--yes', 'delete them')
  .action((month: string, { yes }: { readonly yes?: boolean }) =>
    withPool(async (pool, { workspace: { maxTriggerAgeMs } }) => {
      const act = { actor: commandLine(), now: await systemClock() };
      const isDone = await dropMonth({ pool, act, maxTriggerAgeMs, print, pause }, { month, isMeant: yes === true });
      if (!isDone) process.exitCode = 1;
    }, READS_ALL),
  );

program
  .command('import <file>')
  .description(
    'import people (.csv, .ndjson) or events (.ndjson) as history, which triggers nothing; starts or goes on',
  )
  .option('--as <what>', 'users or events; told by the name of the file when absent')
  .option(
    '--map <column=field>',
    "what a column becomes, as 'E-mail=email', 'Notes=' (left out) or 'Zip=zip:text'",
    more,
    [],
  )
  .option('--delimiter <character>', 'of CSV; told by the first line when absent')
  .option('--dry-run', 'judge every line, and import nothing')
  .option('--again', 'also what was imported before')
  .action((file: string, options: ImportOptions) =>
    withPool((pool, config) => importCommand(file, options, { pool, config })),
  );

const serve = program.command('serve').description('run one part until it is asked to stop');
serve
  .command('api')
  .description('the HTTP API')
  .action(async () => {
    const config = loadSettings();
    const { serveApi } = await import('./serve.js');
    await serveApi(config);
  });
serve
  .command('worker')
  .description('a worker: waits, decides, sends')
  .action(async () => {
    const config = loadSettings();
    const { serveWorker } = await import('./serve.js');
    await serveWorker(config);
  });

async function withPool(
  work: (pool: Pool, config: Config) => Promise<void>,
  options: { readonly queryTimeoutMs?: number } = {},
): Promise<void> {
  const config = loadSettings();
  const pool = createPool({ connectionString: config.database.url, max: 1, applicationName: 'rappel-cli', ...options });
  try {
    await work(pool, config);
  } finally {
    await pool.end();
  }
}

function more(text: string, texts: readonly string[]): readonly string[] {
  return [...texts, text];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

program.parseAsync().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : `rappel: ${describeErrorInLine(error)}`}\n`);
    process.exit(1);
  },
);
