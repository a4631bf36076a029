// All that a benchmark runs against, each a process of its own: PostgreSQL, Temporal, one API, one worker, the receiver
// of messages and the backend that posts. Everything listens on 127.0.0.1 and lives in a folder that is removed.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from '../../cli/dev/services/ports.mjs';
import { startPostgres } from '../../cli/dev/services/postgres.mjs';
import { startChild } from './child.mjs';
import { prepareRappel, startRappel } from './rappel.mjs';
import { stopAll } from './stopAll.mjs';

const DATABASE = 'rappel';
/** A role of its own, so that what the benchmark asks is not counted as Rappel's. */
const OBSERVER = 'bench';
const POSTGRES_SETTINGS = {
  max_connections: 200,
  shared_buffers: '256MB',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': 10_000,
  max_wal_size: '2GB',
};

export async function startInstallation({ store, postgres, folder }) {
  const stops = [];
  const stop = () => stopAll(stops.splice(0).reverse());
  try {
    return { ...(await start({ store, postgres, folder, stops })), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function start({ store, postgres, folder, stops }) {
  const taken = new Set();
  const port = () => freePort({ taken });
  mkdirSync(folder, { recursive: true });
  const database = await startPostgres({ ...postgres, port: await port(), settings: POSTGRES_SETTINGS });
  stops.push(database.stop);
  const observer = await createObserver(database);
  stops.push(() => observer.end());

  const temporal = await store.prepare({ folder, database: database.url('postgres') });
  const server = await temporal.launch();
  stops.push(server.stop);
  const temporalAddress = `127.0.0.1:${temporal.port}`;

  const receiverPorts = { httpPort: await port(), smtpPort: await port() };
  const receiver = startChild(scriptFile('load/receiver.mjs'), receiverPorts);
  stops.push(receiver.stop);
  await receiver.call('ready');

  const { env, key } = await prepareRappel({
    database: database.url(DATABASE),
    temporalAddress,
    settings: {
      WEBHOOK_ALLOW_HOSTS: `127.0.0.1:${receiverPorts.httpPort}`,
      SMTP_URL: `smtp://127.0.0.1:${receiverPorts.smtpPort}`,
    },
  });
  const api = await startRappel({ role: 'api', env, port: await port(), log: path.join(folder, 'api.log') });
  stops.push(api.stop);
  const worker = await startRappel({ role: 'worker', env, port: await port(), log: path.join(folder, 'worker.log') });
  stops.push(worker.stop);
  const poster = startChild(scriptFile('load/poster.mjs'), { url: api.url, key });
  stops.push(poster.stop);
  await poster.call('ready');

  return {
    receiver,
    poster,
    temporalAddress,
    databaseUrl: database.url(DATABASE),
    /** An administrator's, for databases of other parts. */
    administratorUrl: database.url('postgres'),
    receiverUrl: `http://127.0.0.1:${receiverPorts.httpPort}`,
    pids: { postgres: database.pid, temporal: server.pid, api: api.pid, worker: worker.pid },
    query: async (text, values) => (await observer.query(text, values)).rows,
    /** How long an answer of the API takes, ms, read to its end. */
    timeGet: (at) => timeGet({ url: api.url, key, at }),
    launch: (definition) => launch({ url: api.url, key, definition }),
    stopCampaign: (name) => post({ url: api.url, key, at: `/v1/campaigns/${name}/stop`, body: {} }),
    startChild(file, settings) {
      const child = startChild(scriptFile(file), settings);
      stops.push(child.stop);
      return child;
    },
  };
}

function scriptFile(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

async function createObserver(database) {
  const administrator = new pg.Client({ connectionString: database.url('postgres') });
  await administrator.connect();
  await administrator.query(`create database ${DATABASE}`);
  await administrator.query(`create role ${OBSERVER} superuser login`);
  await administrator.query(`alter role ${OBSERVER} password 'bench'`);
  await administrator.end();
  const url = new URL(database.url(DATABASE));
  url.username = OBSERVER;
  url.password = 'bench';
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // `end` says that it is done before its connections are closed: PostgreSQL, stopped right after, ends them with an error.
  pool.on('error', () => undefined);
  await pool.query('create extension if not exists pg_stat_statements');
  return pool;
}

async function launch({ url, key, definition }) {
  await post({ url, key, at: '/v1/campaigns', body: definition });
  await post({ url, key, at: `/v1/campaigns/${definition.key}/launch`, body: {} });
}

async function timeGet({ url, key, at }) {
  const startedAt = performance.now();
  const answer = await fetch(url + at, { headers: { authorization: `Bearer ${key}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET ${at} answered ${answer.status}: ${text}`);
  return performance.now() - startedAt;
}

async function post({ url, key, at, body }) {
  const answer = await fetch(url + at, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${at} answered ${answer.status}: ${await answer.text()}`);
}
