/** A process and everything it started, however far down: found by parenthood, killed without a chance to tidy up. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

interface LiveProcess {
  readonly pid: number;
  readonly parent: number;
}

const GONE_WITHIN_MS = 10_000;

export function treeOf(root: number): readonly number[] {
  const live = listLive();
  const tree = [root];
  for (const pid of tree) for (const each of live) if (each.parent === pid) tree.push(each.pid);
  return tree;
}

/** SIGKILL to every one, the root first, as when a machine's memory runs out or its container is removed. */
export async function killTree(root: number): Promise<number> {
  const tree = treeOf(root);
  for (const pid of tree) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended of its own when the one before it died.
    }
  }
  await allGone(tree);
  return tree.length;
}

export async function allGone(tree: readonly number[]): Promise<void> {
  for (const deadline = Date.now() + GONE_WITHIN_MS; ; await wait(50)) {
    const live = new Set(listLive().map(({ pid }) => pid));
    const left = tree.filter((pid) => live.has(pid));
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`still running: ${left.join(', ')}`);
  }
}

/** Zombies are dead: they only wait to be counted by a parent. */
function listLive(): readonly LiveProcess[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
    return lines.flatMap((line) => toLive(line.trim().split(/\s+/)));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readOrEmpty(`/proc/${pid}/stat`);
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return toLive([pid, parent ?? '', state ?? '']);
    });
}

function toLive([pid, parent, state]: readonly string[]): readonly LiveProcess[] {
  return state === undefined || state === '' || state.startsWith('Z')
    ? []
    : [{ pid: Number(pid), parent: Number(parent) }];
}

/** A process may end between being listed and being read. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
