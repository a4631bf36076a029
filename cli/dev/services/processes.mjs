// Finding and stopping processes of ours. A process is known by its own file or folder among its arguments, never by
// its number alone: numbers are reused, and a crash leaves no chance to write anything down.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Numbers of the live processes that were started with all of these arguments, word for word. */
export function findProcesses(...wanted) {
  return listProcesses()
    .filter(({ pid, args }) => pid !== process.pid && wanted.every((argument) => args.includes(argument)))
    .map(({ pid }) => pid);
}

/** Processes whose working folder is `directory` (PostgreSQL's back ends outlive a killed postmaster for a moment). */
export function findProcessesIn(directory) {
  if (process.platform !== 'linux') return [];
  return numericEntries().filter((pid) => readOr(() => readlinkSync(`/proc/${pid}/cwd`), '') === directory);
}

function listProcesses() {
  if (process.platform === 'linux') {
    return numericEntries().map((pid) => ({
      pid,
      args: readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').split('\0'),
    }));
  }
  const text = readOr(() => execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' }), '');
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ...args]) => ({ pid: Number(pid), args }));
}

/** When a process began, as text that only equals itself: tells a process from a later one of the same number. */
export function startOf(pid) {
  if (process.platform === 'linux') {
    const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '');
    // Fields after the program's name, which stands in brackets and may hold anything; the 20th of them is the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  }
  return readOr(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }), '').trim();
}

/** The parent of every live process, by number. Linux only; elsewhere empty. */
export function parents() {
  if (process.platform !== 'linux') return new Map();
  return new Map(
    numericEntries().map((pid) => {
      const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '');
      return [pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])];
    }),
  );
}

/** Sends each signal in turn until the process has ended; `steps` says how long to wait after each. */
export async function stopProcess(pid, steps) {
  const start = startOf(pid);
  for (const { signal, waitMs } of steps) {
    if (start === '' || startOf(pid) !== start) return;
    signalProcess(pid, signal);
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; await wait(50)) {
      if (startOf(pid) !== start) return;
    }
  }
}

export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function numericEntries() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A process may end between being listed and being read. */
function readOr(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
