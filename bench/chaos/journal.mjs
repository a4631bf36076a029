// Files of one JSON object a line. A durable line is on the disk before `write` returns: what a process has journalled
// it cannot take back by dying.
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

export function openJournal(file, { isDurable = true } = {}) {
  const handle = openSync(file, 'a');
  return {
    write(line) {
      writeSync(handle, `${JSON.stringify(line)}\n`);
      if (isDurable) fdatasyncSync(handle);
    },
    close: () => closeSync(handle),
  };
}

export function readJournal(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last line break was being written when its process was killed.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}
