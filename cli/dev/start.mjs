// `npm start`: everything from a fresh clone to a running Rappel, and back down in the right order.
// Order of stopping is the reverse of starting: the worker settles what it is sending before its servers go.
import './requireNode.mjs';
import { existsSync } from 'node:fs';
import { forgetInstallation, noteInstallation } from './installation.mjs';
import { takeLock } from './lock.mjs';
import { complain, Stop, say, stopping } from './output.mjs';
import { workflowBundle } from './paths.mjs';
import { ensureBuilt, ensureInstalled, ensureWritable } from './prepare.mjs';
import { checkSettings, migrateDatabase, startServing, stopServingLeftovers } from './serve.mjs';
import { startEmbeddedPostgres, startEmbeddedTemporal, stopEmbeddedLeftovers } from './services/embedded.mjs';
import { keptPort, requiredPort, requireHost } from './services/ports.mjs';

/** npm passes Ctrl-C on although the terminal has told us already: the same wish, not a more urgent one. */
const SAME_WISH_MS = 1_000;
const started = [];

async function main() {
  ensureWritable();
  const lock = takeLock('start');
  if (lock.release === undefined) {
    throw new Stop(`Rappel is already running in this clone (process ${lock.holder}): use that one, or stop it first`);
  }
  const asked = askedToStop();
  try {
    await startAll();
    const end = await Promise.race([
      asked,
      ...started.map(async ({ title, exited }) => ({ title, how: await exited })),
    ]);
    if (end === 'asked') say('Stopping…');
    else throw new Stop(`${end.title} ended unexpectedly (${end.how}); stopping the rest`);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await stopAll();
    forgetInstallation();
    lock.release();
  }
  say('Stopped; everything is kept for the next npm start');
}

async function startAll() {
  await step(ensureInstalled);
  await step(ensureBuilt);
  checkSettings(process.env);
  if (process.env.HOST) await requireHost(process.env.HOST);
  // Before any port is chosen: what a crash left running may hold our own.
  await step(stopServingLeftovers);
  await step(stopEmbeddedLeftovers);
  const taken = new Set();
  const env = { ...process.env, ...(await step(() => choosePorts(taken))) };
  if (!env.DATABASE_URL) Object.assign(env, await step(() => startEmbeddedPostgres({ started, taken })));
  await step(() => migrateDatabase(env));
  if (!env.TEMPORAL_ADDRESS) Object.assign(env, await step(() => startEmbeddedTemporal({ started, taken })));
  if (!env.WORKFLOW_BUNDLE && existsSync(workflowBundle)) env.WORKFLOW_BUNDLE = workflowBundle;
  started.push(startServing(env));
  noteInstallation(env);
}

/** One part of starting; none begins once we were asked to stop. */
async function step(work) {
  stopping.signal.throwIfAborted();
  return work();
}

async function choosePorts(taken) {
  const chosen = {};
  const wanted = { PORT: 3_000, ...(process.env.SMTP_URL ? {} : { INBOX_PORT: 3_025, INBOX_SMTP_PORT: 2_525 }) };
  // Those asked for first, so that none of them is given away.
  for (const name of Object.keys(wanted).filter((key) => process.env[key])) {
    chosen[name] = String(await requiredPort(name, process.env[name], taken));
  }
  for (const name of Object.keys(wanted).filter((key) => !process.env[key])) {
    chosen[name] = String(await keptPort({ name, usual: wanted[name], taken }));
    if (chosen[name] !== String(wanted[name])) say(`${name} is ${chosen[name]}, as ${wanted[name]} was in use`);
  }
  return chosen;
}

async function stopAll() {
  while (started.length > 0) await started.pop().stop();
}

/** Resolves at the first wish to stop; a second one no longer waits for what is being sent. */
function askedToStop() {
  return new Promise((resolve) => {
    let askedAt;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (askedAt === undefined) {
          askedAt = Date.now();
          stopping.abort();
          resolve('asked');
        } else if (Date.now() - askedAt > SAME_WISH_MS) {
          for (const { kill } of started) kill?.();
        }
      });
    }
  });
}

main().then(
  () => process.exit(0),
  (error) => {
    complain(error instanceof Stop ? error.message : (error.stack ?? String(error)));
    process.exit(1);
  },
);
