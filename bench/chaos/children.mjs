// Starts processes of Node for the run: parts of Rappel, and those that stand for the world around it.
import { fork } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dist } from '../../cli/dev/paths.mjs';
import { exitOf, spawnServer } from '../../cli/dev/spawnServer.mjs';

const SERVES_WITHIN_MS = 40_000;

/** `rappel serve api|worker` as a deployment runs it; resolves once it serves. */
export async function serve({ part, env, port, log }) {
  const program = path.join(dist, 'cli/rappel.js');
  const owner = { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: String(port) } };
  const child = spawnServer({ program: process.execPath, args: [program, 'serve', part], owner, log });
  for (const deadline = Date.now() + SERVES_WITHIN_MS; !child.hasEnded(); await wait(50)) {
    if (await listens(port)) return { pid: child.pid, exited: child.exited };
    if (Date.now() > deadline) break;
  }
  if (!child.hasEnded()) process.kill(child.pid, 'SIGKILL');
  throw new Error(`${part}: ${child.lastWords()}`);
}

/** Whether anything answers there; a worker that has lost its database answers 503 and serves all the same. */
async function listens(port) {
  try {
    await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then((it) =>
      it.arrayBuffer(),
    );
    return true;
  } catch {
    return false;
  }
}

/** A script of ours with its settings in a file; `child.send` and `onMessage` are the channel. */
export function runScript({ script, settings, folder, name, onMessage }) {
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(settings));
  const output = openSync(path.join(folder, `${name}.log`), 'a');
  const child = fork(script, [file], { detached: true, stdio: ['ignore', output, output, 'ipc'] });
  closeSync(output);
  child.on('message', onMessage);
  // Its channel may break before its exit is known.
  child.on('error', () => undefined);
  return { pid: child.pid, exited: exitOf(child), send: (message) => child.connected && child.send(message) };
}
