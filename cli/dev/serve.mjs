// The child that serves: API, worker and inbox in one process, from the compiled sources.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { NODE_FLAGS } from './nodeFlags.mjs';
import { Stop, say, warn } from './output.mjs';
import { dist } from './paths.mjs';
import { findProcesses, signalProcess, stopProcess } from './services/processes.mjs';
import { exitOf } from './services/spawnServer.mjs';

const program = path.join(dist, 'cli/dev/serve.js');
/** Tells our child from an editor that has the same file open. */
const MARK = '--launched';
const GRACE_MS = 40_000;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: GRACE_MS },
  { signal: 'SIGKILL', waitMs: 5_000 },
];
const compiled = createRequire(path.join(dist, 'any.js'));

/** Refuses wrong settings before anything is started, one line each. */
export function checkSettings(env) {
  const { configWarnings, ConfigError } = compiled('./config/config.js');
  const { loadSettings } = compiled('./cli/loadSettings.js');
  for (const warning of configWarnings(env)) warn(warning);
  try {
    loadSettings({ DATABASE_URL: 'postgres://not-started-yet', ...env });
  } catch (error) {
    throw error instanceof ConfigError ? new Stop(error.message) : error;
  }
}

export async function migrateDatabase(env) {
  const { loadConfig } = compiled('./config/config.js');
  const { createPool } = compiled('./storage/pool.js');
  const { migrate } = compiled('./storage/migrate.js');
  const { tellError } = compiled('./telemetry/describeError.js');
  const pool = createPool({ connectionString: loadConfig(env).database.url, max: 1 });
  try {
    const applied = await migrate(pool, { now: Date.now() });
    if (applied.length > 0) say(`Migrated the database: ${applied.join(', ')}`);
  } catch (error) {
    if (error.name === 'MigrationError') throw new Stop(error.message);
    throw new Stop(
      `The database cannot be used (${tellError(error)}): check DATABASE_URL, or leave it unset for an embedded one`,
    );
  } finally {
    await pool.end();
  }
}

export function startServing(env) {
  const child = spawn(process.execPath, [...NODE_FLAGS, program, MARK], {
    env,
    // In a process group of its own: it is told to stop by us, once. Its channel closes when we die, however that is.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    title: 'Rappel (API and worker)',
    exited: exitOf(child),
    stop: () => stopProcess(child.pid, STOP_STEPS),
    kill: () => signalProcess(child.pid, 'SIGKILL'),
  };
}

export async function stopServingLeftovers() {
  for (const pid of findProcesses(program, MARK)) await stopProcess(pid, STOP_STEPS);
}
