// Rappel as production runs it: `rappel serve api` and `rappel serve worker`, each a process of its own from dist/.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Stop } from '../../cli/dev/output.mjs';
import { dist, workflowBundle } from '../../cli/dev/paths.mjs';
import { stopProcess } from '../../cli/dev/services/processes.mjs';
import { spawnServer } from '../../cli/dev/services/spawnServer.mjs';

const command = path.join(dist, 'cli/rappel.js');
const START_WITHIN_MS = 60_000;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 20_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** Migrates `database` (a URL), makes a key of all scopes, and returns what every process of this installation is given. */
export async function prepareRappel({ database, temporalAddress, settings = {} }) {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporalAddress,
    WORKFLOW_BUNDLE: workflowBundle,
    WEBHOOK_SIGNING_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    RAPPEL_SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...settings,
  };
  await rappel(env, 'migrate');
  const said = await rappel(env, 'keys', 'create', '--name', 'bench', '--scopes', 'all');
  const key = said.split(/\s+/).find((word) => word.startsWith('rpl_')) ?? said.trim();
  return { env, key };
}

/** `role` is `api` or `worker`; resolves once it answers on `port`. */
export async function startRappel({ role, env, port, log, nodeArgs = [] }) {
  const args = [...nodeArgs, command, 'serve', role];
  const child = spawnServer({ program: process.execPath, args, log, env: { ...env, PORT: String(port) } });
  const stop = () => stopProcess(child.pid, STOP_STEPS);
  const probe = `http://127.0.0.1:${port}/healthz`;
  for (const deadline = Date.now() + START_WITHIN_MS; !child.hasEnded() && Date.now() < deadline; await wait(50)) {
    const isUp = await fetch(probe, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return { pid: child.pid, url: `http://127.0.0.1:${port}`, exited: child.exited, stop };
  }
  if (!child.hasEnded()) await stop();
  throw new Stop(`rappel serve ${role} did not start: ${child.lastWords()} (see ${log})`);
}

/** Brings another database to the newest schema. */
export async function migrate(database) {
  await rappel(envOf(database), 'migrate');
}

/** Makes the kept counts of campaigns equal to what is stored, after rows came past their triggers. */
export async function recount(database) {
  await rappel(envOf(database), 'counts', 'recount');
}

const envOf = (database) => ({
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  DATABASE_URL: database,
});

async function rappel(env, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], { env });
  return stdout;
}
