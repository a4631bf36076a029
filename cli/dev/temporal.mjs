// One Temporal dev server with its state in a file: started, stopped, and started again after any crash
// (SQLite's write-ahead log beside the file is part of it and is never touched).
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from './output.mjs';
import { findProcesses, stopProcess } from './processes.mjs';

const START_WITHIN_MS = 60_000;
const LOG_LIMIT_BYTES = 5_000_000;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 15_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** Resolves once the namespace answers; `exited` resolves when the server ends, for whatever reason. */
export async function startTemporal({ executable, folder, port, uiPort, namespace }) {
  await stopTemporalLeftovers(folder);
  mkdirSync(folder, { recursive: true });
  const log = path.join(folder, 'temporal.log');
  const offset = existsSync(log) && statSync(log).size < LOG_LIMIT_BYTES ? statSync(log).size : 0;
  const output = openSync(log, offset === 0 ? 'w' : 'a');
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  args.push('--db-filename', databaseFile(folder), '--namespace', namespace, '--log-level', 'warn');
  // In a process group of its own: Ctrl-C in the terminal reaches us alone, and we choose the order of stopping.
  const child = spawn(executable, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  let ended;
  const exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
    child.once('error', (error) => resolve(error.message));
  }).then((how) => {
    ended = how;
    return how;
  });
  const uiUrl = `http://127.0.0.1:${uiPort}`;
  const deadline = Date.now() + START_WITHIN_MS;
  while (ended === undefined && Date.now() < deadline) {
    if (await answers(`${uiUrl}/api/v1/namespaces/${encodeURIComponent(namespace)}`)) {
      return { address: `127.0.0.1:${port}`, uiUrl, exited, stop: () => stopProcess(child.pid, STOP_STEPS) };
    }
    await wait(100);
  }
  if (ended === undefined) await stopProcess(child.pid, STOP_STEPS);
  const said = readFileSync(log, 'utf8').slice(offset).trim().split('\n').slice(-3).join(' | ');
  throw new Stop(`The Temporal dev server did not start: ${said || ended} (see ${log})`);
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
