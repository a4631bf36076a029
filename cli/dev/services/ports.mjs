// Free ports of this machine. Those that an installation got are kept for its next start.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Stop } from '../output.mjs';
import { state } from '../paths.mjs';

const kept = path.join(state, 'ports.json');
/** How far above the preferred port a free one is looked for, before any will do. */
const NEXT_PORTS = 100;

/**
 * The preferred port if nobody has it, else the next free one above it; without one, any. `taken` holds those promised to
 * others already.
 */
export async function freePort({ preferred, taken = new Set() } = {}) {
  const port = (preferred === undefined ? undefined : await nextFree(preferred, taken)) ?? (await anyFreePort(taken));
  taken.add(port);
  return port;
}

/** The same, for the part of that name of this clone: the port it had at its last start is preferred to the usual one. */
export async function keptPort({ name, usual, taken }) {
  const ports = readKept();
  const port = await freePort({ preferred: ports[name] ?? usual, taken });
  if (ports[name] !== port) {
    mkdirSync(state, { recursive: true });
    writeFileSync(kept, `${JSON.stringify({ ...ports, [name]: port })}\n`);
  }
  return port;
}

function readKept() {
  try {
    const ports = JSON.parse(readFileSync(kept, 'utf8'));
    return Object.fromEntries(Object.entries(ports).filter(([, port]) => isPort(port)));
  } catch {
    // None, or cut short by a crash while it was written.
    return {};
  }
}

function isPort(port) {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

async function nextFree(preferred, taken) {
  for (let port = preferred; port <= Math.min(65_535, preferred + NEXT_PORTS); port++) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  return undefined;
}

/** A port somebody asked for by a setting: refused, with the name of the setting, if it is in use. */
export async function requiredPort(name, value, taken) {
  const port = Number(value);
  if (!isPort(port)) {
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

/** Refuses an address to listen on that this machine does not have, before anything is started. */
export async function requireHost(host) {
  const error = await listen(0, host).then(
    () => undefined,
    ({ code }) => code,
  );
  if (error === undefined) return;
  throw new Stop(`HOST must be an address of this machine such as 127.0.0.1 or 0.0.0.0, not '${host}' (${error})`);
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

function listen(port, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const chosen = server.address().port;
      server.close(() => resolve(chosen));
    });
  });
}
