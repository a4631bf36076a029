// Locks between processes of one clone, as files that name their holder; one whose holder is gone counts as free.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makePrivate, state } from './paths.mjs';
import { startOf } from './services/processes.mjs';

/** Takes the lock and returns how to give it back; or returns the number of the process that has it. */
export function takeLock(name) {
  const file = path.join(state, `${name}.lock`);
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid) });
  makePrivate(state);
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined) return { holder };
    rmSync(file, { force: true });
  }
}

/** Runs `work` while nobody else of this clone does the same; waits for its turn. */
export async function withLock(name, work) {
  for (;;) {
    const lock = takeLock(name);
    if (lock.release === undefined) {
      await wait(200);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}

function readHolder(file) {
  try {
    const { pid, start } = JSON.parse(readFileSync(file, 'utf8'));
    return start !== '' && startOf(pid) === start ? pid : undefined;
  } catch {
    // Gone since, or cut short by a crash while it was written.
    return undefined;
  }
}
