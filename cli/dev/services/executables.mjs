// Finds the Temporal programs: the dev server (`npm start`, tests), the time-skipping test server (tests) and the server
// that runs on PostgreSQL (benchmarks, chaos).
// Order: environment variable, PATH, the cache folder, download, build. Says which it took and how long a build takes.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Stop, say, stopping } from '../output.mjs';
import { cache } from '../paths.mjs';
import { buildDevServer, buildServer, buildTestServer } from './buildExecutables.mjs';
import { downloadExecutable } from './downloadExecutable.mjs';

/** Later versions of the CLI carry a `replace` and cannot be built by `go install`. */
const DEV_SERVER = {
  title: 'Temporal dev server',
  variable: 'TEMPORAL_CLI_PATH',
  program: 'temporal',
  type: 'dev-server',
  version: '1.5.1',
  folder: 'temporal-cli-1.5.1',
  build: buildDevServer,
};

const TEST_SERVER = {
  title: 'Temporal time-skipping test server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  program: 'temporal-test-server',
  type: 'time-skipping',
  version: '1.31.0',
  folder: 'temporal-test-server-1.31.0',
  build: buildTestServer,
};

/** Has `temporal-sql-tool`, which makes its schema, beside it, as in the official archives. */
const SERVER = {
  title: 'Temporal server',
  variable: 'TEMPORAL_SERVER_PATH',
  program: 'temporal-server',
  version: '1.32.0',
  folder: 'temporal-server-1.32.0',
  build: buildServer,
};

export function findDevServer() {
  return find(DEV_SERVER);
}

export function findTestServer() {
  return find(TEST_SERVER);
}

/** With `isOnlyIfPresent`, undefined rather than a build of many minutes. */
export function findServer({ isOnlyIfPresent = false } = {}) {
  return find(SERVER, isOnlyIfPresent);
}

async function find(wanted, isOnlyIfPresent = false) {
  const given = process.env[wanted.variable];
  if (given) {
    if (!isExecutable(given)) throw new Stop(`${wanted.variable} must name an executable file, not '${given}'`);
    return took(wanted, given, wanted.variable);
  }
  const onPath = findOnPath(wanted.program);
  if (onPath !== undefined) return took(wanted, onPath, 'PATH');
  const cached = path.join(cache, wanted.folder, wanted.program);
  if (isExecutable(cached)) return took(wanted, cached, 'the cache');
  return isOnlyIfPresent ? undefined : await fetchInto(wanted, cached);
}

/** Made in a folder beside its place and moved there when complete: a crash or a twin never leaves half of one. */
async function fetchInto(wanted, cached) {
  const partial = path.join(cache, `${wanted.folder}.partial-${process.pid}`);
  const failures = [];
  const ways = [['built', wanted.build]];
  // What the SDK knows where to download.
  if (wanted.type !== undefined) ways.unshift(['downloaded', downloadExecutable]);
  for (const [how, make] of ways) {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      await make({ ...wanted, directory: partial });
      if (!isExecutable(path.join(partial, wanted.program)))
        throw new Error(`no executable ${wanted.program} came out`);
      moveIntoPlace(partial, path.dirname(cached));
      return took(wanted, cached, how);
    } catch (error) {
      stopping.signal.throwIfAborted();
      failures.push(`not ${how}: ${error.message}`);
      say(`${wanted.title} ${failures.at(-1)}`);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  throw new Stop(
    `No ${wanted.title} (${failures.join('; ')}): set ${wanted.variable} to one, or put '${wanted.program}' on PATH`,
  );
}

function moveIntoPlace(partial, directory) {
  try {
    renameSync(partial, directory);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    // Somebody else was faster, or what was there is broken: either way the new one is good.
    rmSync(directory, { recursive: true, force: true });
    renameSync(partial, directory);
  }
}

function took(wanted, executable, where) {
  say(`${wanted.title}: ${executable} (${where})`);
  return path.resolve(executable);
}

function findOnPath(program) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => path.join(folder, program))
    .find((file) => isExecutable(file) && spawnSync(file, ['--version'], { timeout: 20_000 }).error === undefined);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
