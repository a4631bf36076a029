// Starts the scripts that stand for the world around the installation.
import { fork } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitOf } from '../../cli/dev/services/spawnServer.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** `<name>Process.mjs` with its settings in a file; `send` and `onMessage` are the channel. It ends when we do. */
export function runScript({ script, name = script, settings, folder, onMessage }) {
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(settings));
  const output = openSync(path.join(folder, `${name}.log`), 'a');
  const options = { detached: true, stdio: ['ignore', output, output, 'ipc'] };
  const child = fork(path.join(here, `${script}Process.mjs`), [file], options);
  closeSync(output);
  child.on('message', onMessage);
  // Its channel may break before its exit is known.
  child.on('error', () => undefined);
  return { pid: child.pid, exited: exitOf(child), send: (message) => child.connected && child.send(message) };
}
