// The installation under test, every part a process of its own on 127.0.0.1: PostgreSQL, Temporal, one API, two workers
// and the scripted providers, with a proxy of ours on each way between them that a network could break.
import path from 'node:path';
import pg from 'pg';
import { freePort } from '../../cli/dev/services/ports.mjs';
import { startPostgres } from '../../cli/dev/services/postgres.mjs';
import { signalProcess } from '../../cli/dev/services/processes.mjs';
import { prepareRappel, startRappel } from '../stack/rappel.mjs';
import { stopAll } from '../stack/stopAll.mjs';
import { runScript } from './children.mjs';
import { startProxy } from './faults/proxy.mjs';
import { supervise } from './supervise.mjs';

const DATABASE = 'rappel';
const POSTGRES_SETTINGS = { max_connections: 200, shared_buffers: '128MB' };

/** Starts everything up to the point where Rappel itself can be started; `note` hears of every end and return. */
export async function startStack({ folder, postgres, store, settings, note, providing, faultInjection }) {
  const ports = await choosePorts();
  const scripts = [];
  /** What the next start of a part gets, once: where it is to die. */
  const crashAt = new Map();
  const proxies = {};
  let database;
  let temporal = null;
  let prepared = null;

  const launchDatabase = async () => {
    database = await startPostgres({ ...postgres, port: ports.postgres, settings: POSTGRES_SETTINGS, sync: false });
    return database;
  };
  const rappel = (title, role) =>
    supervise({
      title,
      note,
      launch: () => {
        const point = crashAt.get(title);
        crashAt.delete(title);
        const url = new URL(database.url(DATABASE));
        url.port = String(ports[`${role}Postgres`]);
        const env = { ...prepared.env, DATABASE_URL: url.href, ...(point === undefined ? {} : { CRASH_AT: point }) };
        return startRappel({ role, env, port: ports[title], log: path.join(folder, `${title}.log`) });
      },
    });
  const parts = {
    postgres: supervise({ title: 'postgres', note, launch: launchDatabase }),
    temporal: supervise({ title: 'temporal', note, launch: () => temporal.launch() }),
    api: rappel('api', 'api'),
    worker1: rappel('worker1', 'worker'),
    worker2: rappel('worker2', 'worker'),
  };
  const run = (script, scriptSettings, onMessage, name = script) => {
    const child = runScript({ script, name, settings: scriptSettings, folder, onMessage });
    scripts.push(child);
    return child;
  };

  async function stop() {
    for (const { pid } of scripts) if (pid !== undefined) signalProcess(pid, 'SIGKILL');
    await stopAll([
      () => Promise.all([parts.api, parts.worker1, parts.worker2, parts.temporal].map((part) => part.stop())),
      () => parts.postgres.stop(),
      () => Promise.all(Object.values(proxies).map((proxy) => proxy.stop())),
    ]);
  }

  try {
    Object.assign(proxies, await startProxies(ports, () => temporal?.port));
    const provider = await startProvider({ run, folder, ports, providing });
    await parts.postgres.start();
    await createDatabase(database);
    temporal = await store.prepare({ folder, database: database.url('postgres'), faultInjection });
    await parts.temporal.start();
    prepared = await prepareRappel({
      database: database.url(DATABASE),
      temporalAddress: local(ports.workerTemporal),
      settings: {
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
        WEBHOOK_ALLOW_HOSTS: `${local(ports.workerWebhook)} ${local(ports.stuck)}`,
        SMTP_URL: `smtp://${local(ports.workerSmtp)}`,
        ...settings,
      },
    });
    return {
      folder,
      parts,
      proxies,
      provider,
      crashAt,
      run,
      webhookHost: local(ports.workerWebhook),
      stuckHost: local(ports.stuck),
      key: prepared.key,
      apiUrl: `http://${local(ports.api)}`,
      temporalAddress: local(temporal.port),
      workerTemporalAddress: local(ports.workerTemporal),
      databaseUrl: () => database.url(DATABASE),
      /** What Rappel's processes are started with from their next start on. */
      set: (changed) => Object.assign(prepared.env, changed),
      startRappel: () => Promise.all([parts.api, parts.worker1, parts.worker2].map((part) => part.start())),
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

const local = (port) => `127.0.0.1:${port}`;

async function choosePorts() {
  const names = ['postgres', 'api', 'worker1', 'worker2', 'webhook', 'stuck', 'smtp'];
  names.push('apiPostgres', 'workerPostgres', 'workerTemporal', 'workerWebhook', 'workerSmtp');
  const taken = new Set();
  const ports = {};
  for (const name of names) ports[name] = await freePort({ taken });
  return ports;
}

async function startProxies(ports, temporalPort) {
  const ways = {
    apiPostgres: () => ports.postgres,
    workerPostgres: () => ports.postgres,
    workerTemporal: temporalPort,
    workerWebhook: () => ports.webhook,
    workerSmtp: () => ports.smtp,
  };
  const proxies = {};
  for (const [name, target] of Object.entries(ways)) proxies[name] = await startProxy({ port: ports[name], target });
  return proxies;
}

/** `providing`: whether a key is honoured (as it is, unless told), and after how many ms webhooks are answered. */
function startProvider({ run, folder, ports, providing: { honoursKeys = true, answerAfterMs = 0 } = {} }) {
  const file = path.join(folder, 'provider.jsonl');
  const listening = { httpPort: ports.webhook, stuckPort: ports.stuck, smtpPort: ports.smtp };
  const settings = { file, ...listening, honoursKeys, answerAfterMs };
  return new Promise((resolve, reject) => {
    const child = run('provider', settings, () => resolve({ ...child, file }));
    child.exited.then((how) => reject(new Error(`the provider ended (${how})`)));
  });
}

async function createDatabase(database) {
  const client = new pg.Client({ connectionString: database.url('postgres') });
  await client.connect();
  await client.query(`create database ${DATABASE}`);
  await client.end();
}
