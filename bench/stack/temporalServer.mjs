// A Temporal server on PostgreSQL, as production runs it: its schema is made, its visibility indexes are pruned as our
// compose file does, its namespace is registered. It may be killed and started again on the same databases and ports.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { stringify } from 'yaml';
import { Stop } from '../../cli/dev/output.mjs';
import { project } from '../../cli/dev/paths.mjs';
import { freePort } from '../../cli/dev/services/ports.mjs';
import { stopProcess } from '../../cli/dev/services/processes.mjs';
import { spawnServer } from '../../cli/dev/services/spawnServer.mjs';

const SERVICES = ['frontend', 'matching', 'history', 'worker'];
const PLUGIN = 'postgres12';
const DATABASES = { default: 'temporal', visibility: 'temporal_visibility' };
const SCHEMAS = { default: 'postgresql/v12/temporal', visibility: 'postgresql/v12/visibility' };
const NAMESPACE = 'default';
const RETENTION_S = 86_400;
const START_WITHIN_MS = 90_000;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * `program` as found by `findServer`; `database` an administrator's URL of the PostgreSQL that holds its two databases.
 * `faultInjection` makes calls of the default store fail (by store, method and error), `isPruned` drops visibility
 * indexes nobody reads.
 */
export async function prepareTemporalServer({ program, folder, database, isPruned = true, faultInjection }) {
  mkdirSync(folder, { recursive: true });
  const tool = path.join(path.dirname(program), 'temporal-sql-tool');
  for (const store of Object.keys(DATABASES)) await makeSchema({ tool, store, database });
  if (isPruned) await prune(database);
  const taken = new Set();
  const ports = Object.fromEntries(
    await inOrder(SERVICES, async (name) => [
      name,
      { grpcPort: await freePort({ taken }), membershipPort: await lowPort(taken), bindOnIP: '127.0.0.1' },
    ]),
  );
  const dynamic = path.join(folder, 'dynamic.yaml');
  // The bare floor of the benchmark must not be held back by a default made for shared clusters.
  // Campaigns take turns at the task queue, as in our compose file.
  const settings = { 'frontend.persistenceMaxQPS': [{ value: 9_000 }], 'matching.enableFairness': [{ value: true }] };
  writeFileSync(dynamic, stringify(settings));
  const file = path.join(folder, 'server.yaml');
  writeFileSync(file, stringify(serverConfig({ database, ports, dynamic, faultInjection })), { mode: 0o600 });
  const address = `127.0.0.1:${ports.frontend.grpcPort}`;
  return { address, start: () => start({ program, file, folder, address }) };
}

async function start({ program, file, folder, address }) {
  const log = path.join(folder, 'temporal.log');
  const server = spawnServer({ program, args: ['--config-file', file, '--allow-no-auth', 'start'], log });
  const stop = () => stopProcess(server.pid, STOP_STEPS);
  for (const deadline = Date.now() + START_WITHIN_MS; !server.hasEnded() && Date.now() < deadline; await wait(200)) {
    if (await serves(address)) return { address, pid: server.pid, exited: server.exited, stop };
  }
  if (!server.hasEnded()) await stop();
  throw new Stop(`The Temporal server did not start: ${server.lastWords()} (see ${log})`);
}

/** Whether the namespace answers; registers it the first time. */
async function serves(address) {
  let connection;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2_000 });
    await connection.withDeadline(Date.now() + 5_000, () => useNamespace(connection));
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

async function useNamespace({ workflowService }) {
  const retention = { seconds: RETENTION_S };
  await workflowService
    .registerNamespace({ namespace: NAMESPACE, workflowExecutionRetentionPeriod: retention })
    .catch((error) => {
      if (!/already exists/i.test(error.message)) throw error;
    });
  // Registered is not yet known everywhere: a list is answered only once it is.
  await workflowService.listWorkflowExecutions({ namespace: NAMESPACE, pageSize: 1 });
}

function serverConfig({ database, ports, dynamic, faultInjection }) {
  const store = (name, maxConns) => ({
    sql: { ...connectionOf(database), databaseName: DATABASES[name], maxConns, maxIdleConns: maxConns },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: {
        default: { ...store('default', 20), ...(faultInjection === undefined ? {} : { faultInjection }) },
        visibility: store('visibility', 5),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(Object.entries(ports).map(([name, rpc]) => [name, { rpc }])),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.frontend.grpcPort}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
  };
}

function connectionOf(database) {
  const { host, username, password } = new URL(database);
  return {
    pluginName: PLUGIN,
    connectAddr: host,
    connectProtocol: 'tcp',
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    maxConnLifetime: '1h',
  };
}

async function makeSchema({ tool, store, database }) {
  const { hostname, port, username, password } = new URL(database);
  const args = ['--plugin', PLUGIN, '--ep', hostname, '-p', port, '-u', decodeURIComponent(username)];
  args.push('--pw', decodeURIComponent(password), '--db', DATABASES[store]);
  await run(tool, [...args, 'create-database']);
  await run(tool, [...args, 'setup-schema', '-v', '0.0']);
  await run(tool, [...args, 'update-schema', '--schema-name', SCHEMAS[store]]);
}

async function prune(database) {
  const url = new URL(database);
  url.pathname = `/${DATABASES.visibility}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(readFileSync(path.join(project, 'deploy/pruneVisibility.sql'), 'utf8'));
  } finally {
    await client.end();
  }
}

/** Temporal keeps the membership port in a column of 16 bits with a sign. */
async function lowPort(taken) {
  for (;;) {
    const port = await freePort({ preferred: 10_000 + Math.floor(Math.random() * 22_000), taken });
    if (port < 32_768) return port;
  }
}

async function inOrder(items, make) {
  const made = [];
  for (const item of items) made.push(await make(item));
  return made;
}

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.once('error', (error) => reject(new Stop(`${program} did not run: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Stop(`${path.basename(program)} failed (${code}): ${said.trim().split('\n').at(-1)}`));
    });
  });
}
