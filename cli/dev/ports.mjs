// Free ports of this machine. A port is only ever proposed, never remembered between starts.
import { createServer } from 'node:net';
import { Stop } from './output.mjs';

/** The preferred port if nobody has it, any free one otherwise. `taken` holds those promised to others already. */
export async function freePort({ preferred, taken = new Set() } = {}) {
  const isPreferred = preferred !== undefined && !taken.has(preferred) && (await isFree(preferred));
  const port = isPreferred ? preferred : await anyFreePort(taken);
  taken.add(port);
  return port;
}

/** A port somebody asked for by a setting: refused, with the name of the setting, if it is in use. */
export async function requiredPort(name, value, taken) {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Stop(`${name} must be a whole number between 1 and 65535, not '${value}'`);
  }
  if (taken.has(port) || !(await isFree(port))) {
    throw new Stop(
      `${name}=${port} is in use by another program: stop that one, choose another port, or leave ${name} unset`,
    );
  }
  taken.add(port);
  return port;
}

function isFree(port) {
  return listen(port).then(
    () => true,
    () => false,
  );
}

async function anyFreePort(taken) {
  for (;;) {
    const port = await listen(0);
    if (!taken.has(port)) return port;
  }
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const chosen = server.address().port;
      server.close(() => resolve(chosen));
    });
  });
}
