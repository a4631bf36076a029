// Leaves nothing behind when the test run itself dies, even by SIGKILL: a process of its own that waits for the run to
// end (its standard input closes) and then kills what the run had started and removes its temporary folders.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parents, signalProcess, startOf } from '../../cli/dev/services/processes.mjs';

const LOOK_EVERY_MS = 1_000;

/** `kill`: a process number, besides all descendants of the run; `remove`: a folder. */
export function guard(task) {
  globalThis.rappelGuard ??= spawnGuard();
  globalThis.rappelGuard.stdin.write(`${JSON.stringify(task)}\n`);
}

function spawnGuard() {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), String(process.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  child.stdin.unref();
  return child;
}

function watch(run) {
  const started = new Map();
  const folders = [];
  const look = () => {
    const parentOf = parents();
    const isOfRun = (pid) => pid === run || (pid > 1 && parentOf.has(pid) && isOfRun(parentOf.get(pid)));
    for (const pid of parentOf.keys()) {
      if (pid !== process.pid && pid !== run && !started.has(pid) && isOfRun(pid)) started.set(pid, startOf(pid));
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  const tasks = createInterface({ input: process.stdin });
  tasks.on('line', (line) => {
    const { kill, remove } = JSON.parse(line);
    if (kill !== undefined) started.set(kill, startOf(kill));
    if (remove !== undefined) folders.push(remove);
  });
  tasks.on('close', () => {
    clearInterval(timer);
    for (const [pid, start] of started) {
      if (start !== '' && startOf(pid) === start) signalProcess(pid, 'SIGKILL');
    }
    setTimeout(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }, 200);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) watch(Number(process.argv[2]));
