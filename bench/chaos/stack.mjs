// The installation under test, every part a process of its own on 127.0.0.1: PostgreSQL, Temporal, one API, two workers
// and the scripted providers, with a proxy of ours on each way between them that a network could break.

import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { dist } from '../../cli/dev/paths.mjs';
import { freePort } from '../../cli/dev/ports.mjs';
import { startPostgres } from '../../cli/dev/postgres.mjs';
import { runScript, serve } from './children.mjs';
import { startProxy } from './proxy.mjs';
import { supervise } from './supervise.mjs';

const DATABASE = 'rappel';
const POSTGRES_SETTINGS = { max_connections: 200, shared_buffers: '128MB' };
const built = createRequire(path.join(dist, 'any.js'));
const here = path.dirname(fileURLToPath(import.meta.url));

/** `temporal(ports)` launches the server of the wanted store; `workerEnv` is what both workers get besides. */
export async function createStack({ folder, postgres, launchTemporal, workerEnv = {}, note, honoursKeys = true }) {
  const ports = await choosePorts();
  const started = [];
  let database;
  /** What the next start of a part gets, once: where it is to die. */
  const crashAt = new Map();
  const env = { api: {}, worker: { ...workerEnv } };

  const database_ = supervise({
    title: 'postgres',
    note,
    launch: async () => {
      database = await startPostgres({ ...postgres, port: ports.postgres, settings: POSTGRES_SETTINGS, sync: false });
      return database;
    },
  });
  const parts = {
    postgres: database_,
    temporal: supervise({ title: 'temporal', note, launch: () => launchTemporal({ ports, postgres: () => database }) }),
    api: supervise({ title: 'api', note, launch: () => launchRappel('api', 'api', ports.api) }),
    worker1: supervise({ title: 'worker1', note, launch: () => launchRappel('worker', 'worker1', ports.worker1) }),
    worker2: supervise({ title: 'worker2', note, launch: () => launchRappel('worker', 'worker2', ports.worker2) }),
  };

  function launchRappel(part, title, port) {
    const points = crashAt.get(title);
    crashAt.delete(title);
    const own = { ...env[part], ...(points === undefined ? {} : { CRASH_AT: points }) };
    return serve({ part, port, env: own, log: path.join(folder, `${title}.log`) });
  }

  function through(proxyPort) {
    const url = new URL(database.url(DATABASE));
    url.port = String(proxyPort);
    return url.href;
  }

  return {
    ports,
    parts,
    crashAt,
    folder,
    env,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    databaseUrl: (name = DATABASE) => database.url(name),
    key: null,
    proxies: {},
    provider: null,

    async startServers() {
      this.proxies = await startProxies(ports);
      this.provider = await startProvider({ folder, ports, honoursKeys });
      await parts.postgres.start();
      await Promise.all([parts.temporal.start(), this.prepareDatabase()]);
      const common = { LOG_LEVEL: 'info', LOG_FORMAT: 'json' };
      Object.assign(env.api, { ...common, DATABASE_URL: through(ports.apiPostgres) });
      Object.assign(env.worker, {
        ...common,
        DATABASE_URL: through(ports.workerPostgres),
        TEMPORAL_ADDRESS: `127.0.0.1:${ports.workerTemporal}`,
        WORKFLOW_BUNDLE: path.join(dist, 'workflow-bundle.js'),
        WEBHOOK_SIGNING_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
        WEBHOOK_ALLOW_HOSTS: this.webhookHost,
        SMTP_URL: `smtp://127.0.0.1:${ports.workerSmtp}`,
      });
    },

    webhookHost: `127.0.0.1:${ports.workerWebhook}`,

    async startRappel() {
      await Promise.all([parts.api, parts.worker1, parts.worker2].map((part) => part.start()));
    },

    async prepareDatabase() {
      const client = new pg.Client({ connectionString: database.url('postgres') });
      await client.connect();
      await client.query(`create database ${DATABASE}`);
      await client.end();
      const { createPool } = built('./storage/pool.js');
      const pool = createPool({ connectionString: database.url(DATABASE), max: 2 });
      await built('./storage/migrate.js').migrate(pool, { now: Date.now() });
      this.key = await built('./cli/keys.js').createKey(pool, {
        name: 'chaos',
        scopes: built('./cli/keys.js').parseScopes('all'),
      });
      await pool.end();
    },

    /** A script beside the installation that ends with it. */
    run(name, settings, onMessage) {
      const child = runScript({ script: path.join(here, `${name}Process.mjs`), settings, folder, name, onMessage });
      started.push(child);
      return child;
    },

    async stop() {
      for (const child of [...started, this.provider]) child?.pid && killQuietly(child.pid);
      await Promise.all([parts.api, parts.worker1, parts.worker2, parts.temporal].map((part) => part.stop()));
      await parts.postgres.stop();
      await Promise.all(Object.values(this.proxies).map((proxy) => proxy.stop()));
    },
  };
}

async function choosePorts() {
  const names = ['postgres', 'temporal', 'temporalUi', 'api', 'worker1', 'worker2', 'webhook', 'smtp'];
  names.push('apiPostgres', 'workerPostgres', 'workerTemporal', 'workerWebhook', 'workerSmtp');
  const taken = new Set();
  const ports = {};
  for (const name of names) ports[name] = await freePort({ taken });
  return ports;
}

async function startProxies(ports) {
  const ways = [
    ['apiPostgres', ports.postgres],
    ['workerPostgres', ports.postgres],
    ['workerTemporal', ports.temporal],
    ['workerWebhook', ports.webhook],
    ['workerSmtp', ports.smtp],
  ];
  return Object.fromEntries(
    await Promise.all(ways.map(async ([name, target]) => [name, await startProxy({ port: ports[name], target })])),
  );
}

function startProvider({ folder, ports, honoursKeys }) {
  const file = path.join(folder, 'provider.jsonl');
  return new Promise((resolve, reject) => {
    const child = runScript({
      script: path.join(here, 'providerProcess.mjs'),
      settings: { file, httpPort: ports.webhook, smtpPort: ports.smtp, honoursKeys },
      folder,
      name: 'provider',
      onMessage: () => resolve({ ...child, file }),
    });
    child.exited.then((how) => reject(new Error(`the provider ended (${how})`)));
  });
}

function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended by itself.
  }
}
