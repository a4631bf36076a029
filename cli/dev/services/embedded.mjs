// The parts of an installation that `npm start` brings itself, unless a setting names others: PostgreSQL and Temporal.
// Each goes on `started` as soon as it runs, so that whoever stops us stops it too.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from '../output.mjs';
import { makePrivate, sharedState, state } from '../paths.mjs';
import { findDevServer } from './executables.mjs';
import { keptPort } from './ports.mjs';
import { startPostgres, stopLeftovers } from './postgres.mjs';
import { giveTo, moveFolder, postgresOwner, postgresPrograms, reachableFolder } from './postgresFiles.mjs';
import { startTemporal, stopTemporalLeftovers } from './temporal.mjs';

const DATABASE = 'rappel';
const POSTGRES_PORT = 54_329;
const TEMPORAL_PORT = 7_233;
const TEMPORAL_UI_PORT = 8_233;

const temporalFolder = path.join(state, 'temporal');
const postgresFolders = [path.join(state, 'postgres'), path.join(sharedState, 'postgres')];

export async function stopEmbeddedLeftovers() {
  await stopTemporalLeftovers(temporalFolder);
  for (const folder of postgresFolders) await stopLeftovers(path.join(folder, 'data'));
}

/** The settings that make the embedded database the one to use. */
export async function startEmbeddedPostgres({ started, taken }) {
  const owner = postgresOwner(say);
  const programs = postgresPrograms(owner, say);
  const folder = postgresFolder(owner);
  const port = await keptPort({ name: 'postgres', usual: POSTGRES_PORT, taken });
  const server = await startPostgres({ programs, owner, folder, port });
  started.push({ title: 'PostgreSQL', ...server });
  await createDatabase(server);
  say(`PostgreSQL: 127.0.0.1:${port}, data in ${folder}`);
  return {
    DATABASE_URL: server.url(DATABASE),
    RAPPEL_DEV_KEY_FILE: path.join(state, 'dev-key'),
    WEBHOOK_SIGNING_SECRET: process.env.WEBHOOK_SIGNING_SECRET || keptSecret('webhook-secret', 'whsec_'),
    RAPPEL_SECRET_KEYS: process.env.RAPPEL_SECRET_KEYS || keptSecret('secret-keys', 'k1:'),
  };
}

/**
 * Within our own folder, or where another system user can reach it. What was within ours while that user could still
 * reach it moves there.
 */
function postgresFolder(owner) {
  const [ours, elsewhere] = postgresFolders;
  const folder = reachableFolder(postgresFolders, owner);
  if (folder === elsewhere && existsSync(path.join(ours, 'data')) && !existsSync(path.join(elsewhere, 'data'))) {
    say(`Moving the database's files to ${elsewhere}, as ${state} is for its owner alone`);
    moveFolder(ours, elsewhere);
  }
  makePrivate(folder);
  giveTo(owner, folder);
  return folder;
}

/** The settings that make the embedded Temporal the one to use. */
export async function startEmbeddedTemporal({ started, taken }) {
  const executable = await findDevServer();
  const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
  const port = await keptPort({ name: 'temporal', usual: TEMPORAL_PORT, taken });
  const uiPort = await keptPort({ name: 'temporalUi', usual: TEMPORAL_UI_PORT, taken });
  const server = await startTemporal({ executable, folder: temporalFolder, port, uiPort, namespace });
  started.push({ title: 'Temporal', ...server });
  say(`Temporal: ${server.address}, UI ${server.uiUrl}, data in ${temporalFolder}`);
  return { TEMPORAL_ADDRESS: server.address, TEMPORAL_UI_URL: process.env.TEMPORAL_UI_URL || server.uiUrl };
}

async function createDatabase(server) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1::text', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/**
 * 32 random bytes in base64 behind the prefix, the same over restarts: webhooks are signed, and secrets can be kept, from the
 * first start on.
 */
function keptSecret(name, prefix) {
  const file = path.join(state, name);
  makePrivate(state);
  if (!existsSync(file)) writeFileSync(file, `${prefix}${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
