// Runs a server's program beside us, with what it says in a log file.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';

/** A log that has grown beyond this begins anew with the next start. */
const LOG_LIMIT_BYTES = 5_000_000;

/** `env` undefined: the environment of this process. */
export function spawnServer({ program, args, owner, log, env }) {
  const size = existsSync(log) ? statSync(log).size : 0;
  const offset = size < LOG_LIMIT_BYTES ? size : 0;
  const output = openSync(log, offset === 0 ? 'w' : 'a');
  // In a process group of its own: Ctrl-C in the terminal reaches us alone, and we choose the order of stopping.
  const child = spawn(program, args, { ...owner, env, cwd: '/', detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  let end;
  const exited = exitOf(child).then((how) => {
    end = how;
    return how;
  });
  return {
    pid: child.pid,
    exited,
    hasEnded: () => end !== undefined,
    /** The last of what it said since it was started, or how it ended where it said nothing. */
    lastWords: () => readFileSync(log, 'utf8').slice(offset).trim().split('\n').slice(-3).join(' | ') || String(end),
  };
}

/** Resolves with the exit code, the signal, or why it could not even start. */
export function exitOf(child) {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
    child.once('error', (error) => resolve(error.message));
  });
}
