// One Temporal dev server with its state in a file: started, stopped, and started again after any crash
// (SQLite's write-ahead log beside the file is part of it and is never touched).
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from '../output.mjs';
import { findProcesses, stopProcess } from './processes.mjs';
import { spawnServer } from './spawnServer.mjs';

const START_WITHIN_MS = 60_000;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 15_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** Resolves once the namespace answers; `exited` resolves when the server ends, for whatever reason. */
export async function startTemporal({ executable, folder, port, uiPort, namespace }) {
  await stopTemporalLeftovers(folder);
  mkdirSync(folder, { recursive: true });
  const log = path.join(folder, 'temporal.log');
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  args.push('--db-filename', databaseFile(folder), '--namespace', namespace, '--log-level', 'warn');
  // The server's own HTTP API has no keys, and answers any web page that a browser here shows: it is given a name that
  // nobody has. What we and the UI use is gRPC.
  args.push('--dynamic-config-value', 'frontend.httpAllowedHosts=["closed.invalid"]');
  // Campaigns take turns: one with thousands of tasks does not hold up another's.
  args.push('--dynamic-config-value', 'matching.enableFairness=true');
  const server = spawnServer({ program: executable, args, log });
  const uiUrl = `http://127.0.0.1:${uiPort}`;
  const deadline = Date.now() + START_WITHIN_MS;
  while (!server.hasEnded() && Date.now() < deadline) {
    if (await answers(`${uiUrl}/api/v1/namespaces/${encodeURIComponent(namespace)}`)) {
      const stop = () => stopProcess(server.pid, STOP_STEPS);
      return { address: `127.0.0.1:${port}`, uiUrl, pid: server.pid, exited: server.exited, stop };
    }
    await wait(100);
  }
  if (!server.hasEnded()) await stopProcess(server.pid, STOP_STEPS);
  throw new Stop(`The Temporal dev server did not start: ${server.lastWords()} (see ${log})`);
}

/** What a killed launcher left running: two servers must never share one file. */
export async function stopTemporalLeftovers(folder) {
  for (const pid of findProcesses('--db-filename', databaseFile(folder))) await stopProcess(pid, STOP_STEPS);
}

function databaseFile(folder) {
  return path.join(folder, 'temporal.db');
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
