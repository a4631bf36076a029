// What processes have used: CPU seconds and memory of a process and all it started, from /proc.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;
const PAGE_BYTES = 4_096;

/** CPU seconds so far of the trees under `pids`, with those of children that have ended. */
function cpuSeconds(pids) {
  return treesOf(pids).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_A_SECOND;
}

/** Starts counting; the answer tells the milliseconds of CPU used since, by the same names. */
export function startCpu(pids) {
  const read = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds([pid])]);
  const before = new Map(read());
  return () => Object.fromEntries(read().map(([name, seconds]) => [name, (seconds - before.get(name)) * 1_000]));
}

export function residentBytes(pids) {
  return pids.map(read).reduce((sum, process) => sum + (process?.pages ?? 0), 0) * PAGE_BYTES;
}

function treesOf(roots) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => read(Number(pid)) ?? []);
  const wanted = new Set(roots);
  // Parents may come after their children in the list.
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  return all.filter(({ pid }) => wanted.has(pid));
}

function read(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return { pid, parent: Number(fields[1]), ticks, pages: Number(fields[21]) };
  } catch {
    // Ended between being listed and being read.
    return undefined;
  }
}
