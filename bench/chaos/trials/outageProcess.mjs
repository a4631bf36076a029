// The process of outageTrial.mjs: starts a PostgreSQL and an API, takes the database away in three ways under a steady
// load, and says what was answered.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../../cli/dev/services/ports.mjs';
import { startPostgres } from '../../../cli/dev/services/postgres.mjs';
import { giveTo } from '../../../cli/dev/services/postgresFiles.mjs';
import { findProcessesIn, signalProcess } from '../../../cli/dev/services/processes.mjs';
import { prepareRappel, startRappel } from '../../stack/rappel.mjs';
import { supervise } from '../supervise.mjs';

const SIZE = '256m';
const SETTINGS = { shared_buffers: '32MB', min_wal_size: '32MB', max_wal_size: '48MB', max_connections: 60 };
const OUTAGE_MS = 8_000;
const SOON_MS = 2_000;
const RECOVERED_WITHIN_MS = 60_000;
/** Large enough that the last free pages of a full disk are soon used up. */
const FILLER = 'x'.repeat(2_000);

const { owner, programs, folder, isSmall } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.on('disconnect', () => process.exit(1));
const disk = path.join(folder, 'disk');
mkdirSync(disk);
if (isSmall) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'tmpfs', disk]);
giveTo(owner, disk);
const data = path.join(disk, 'data');
const ballast = path.join(disk, 'ballast');

const port = await freePort();
const apiPort = await freePort({ taken: new Set([port]) });
let database;
const postgres = supervise({
  title: 'postgres',
  launch: async () => {
    database = await startPostgres({ programs, owner, folder: disk, port, settings: SETTINGS, sync: false });
    return database;
  },
});
let prepared;
const api = supervise({
  title: 'api',
  launch: () => startRappel({ role: 'api', env: prepared.env, port: apiPort, log: path.join(folder, 'api.log') }),
});

/** Takes every byte that is left, and as much again as is given back, until it is told to stop. */
function fillDisk() {
  const file = openSync(ballast, 'w');
  const block = Buffer.alloc(1 << 20);
  const fill = () => {
    for (let size = block.length; size >= 512; size = Math.floor(size / 2)) {
      try {
        for (;;) writeSync(file, block, 0, size);
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    }
  };
  fill();
  const timer = setInterval(fill, 50);
  return () => {
    clearInterval(timer);
    closeSync(file);
    rmSync(ballast);
  };
}

/** Each takes the database away and returns how to give it back. */
const OUTAGES = {
  down: () => {
    postgres.hold(true);
    return () => postgres.hold(false);
  },
  silent: () => {
    const pids = findProcessesIn(data);
    for (const pid of pids) signalProcess(pid, 'SIGSTOP');
    return () => {
      for (const pid of pids) signalProcess(pid, 'SIGCONT');
    };
  },
  ...(isSmall ? { full: fillDisk } : {}),
};

const answers = [];
const acked = [];
let posted = 0;
let isOver = false;

async function lane() {
  while (!isOver) {
    const n = posted++;
    const at = Date.now();
    const events = Array.from({ length: 10 }, (_, k) => ({
      external_id: `p${n % 50}`,
      name: 'seen',
      time: new Date(at).toISOString(),
      event_id: `o${n}-${k}`,
      properties: { eid: `o${n}-${k}`, filler: FILLER },
    }));
    const status = await fetch(`http://127.0.0.1:${apiPort}/users/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${prepared.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
      signal: AbortSignal.timeout(60_000),
    }).then(
      async (response) => (await response.text(), response.status),
      () => null,
    );
    if (status === 201) for (const { event_id } of events) acked.push(event_id);
    answers.push({ at, ms: Date.now() - at, status });
    await wait(100);
  }
}

async function tryOne(name, takeAway) {
  const giveBack = takeAway();
  const from = Date.now();
  await wait(OUTAGE_MS);
  const to = Date.now();
  giveBack();
  for (const deadline = Date.now() + RECOVERED_WITHIN_MS; Date.now() < deadline; await wait(50)) {
    if (answers.some(({ at, status }) => at >= to && status === 201)) break;
  }
  const back = answers.find(({ at, status }) => at >= to && status === 201);
  // Requests that were under way when the outage began are bounded too, but not by the 2 s of those that came after.
  const during = answers.filter(({ at }) => at >= from && at < to);
  const late = during.filter(({ status, ms }) => status === 503 && ms > SOON_MS);
  const other = during.filter(({ status }) => ![201, 503].includes(status));
  const accepted = during.filter(({ status, at, ms }) => status === 201 && at + ms < to);
  const refused = during.filter(({ status }) => status === 503);
  return {
    figures: {
      [`${name}_503`]: refused.length,
      [`${name}_503_slowest_ms`]: Math.max(0, ...refused.map(({ ms }) => ms)),
      [`${name}_201`]: accepted.length,
      [`${name}_recovered_ms`]: back === undefined ? null : back.at + back.ms - to,
    },
    problems: [
      ...(refused.length === 0 ? [`${name}: nothing was refused`] : []),
      ...late.map(({ ms }) => `${name}: refused only after ${ms} ms`),
      ...other.map(({ status }) => `${name}: answered ${status}`),
      ...(name !== 'full' && accepted.length > 0 ? [`${name}: ${accepted.length} were accepted`] : []),
      ...(back === undefined ? [`${name}: not back within ${RECOVERED_WITHIN_MS / 1_000} s`] : []),
    ],
  };
}

async function storedCopies() {
  const client = new pg.Client({ connectionString: database.url('rappel') });
  await client.connect();
  const { rows } = await client.query(
    `select properties->>'eid' as eid, count(*)::int as n from events where name = 'seen' group by 1`,
  );
  await client.end();
  return new Map(rows.map(({ eid, n }) => [eid, n]));
}

async function main() {
  await postgres.start();
  const client = new pg.Client({ connectionString: database.url('postgres') });
  await client.connect();
  await client.query('create database rappel');
  await client.end();
  prepared = await prepareRappel({ database: database.url('rappel'), temporalAddress: '127.0.0.1:1' });
  await api.start();
  const lanes = Array.from({ length: 4 }, lane);
  await wait(2_000);
  const verdicts = [];
  for (const [name, takeAway] of Object.entries(OUTAGES)) verdicts.push(await tryOne(name, takeAway));
  await wait(1_000);
  isOver = true;
  await Promise.all(lanes);
  const stored = await storedCopies();
  const lost = acked.filter((eid) => !stored.has(eid));
  const twice = [...stored].filter(([, n]) => n > 1);
  return {
    figures: Object.assign({}, ...verdicts.map(({ figures }) => figures), {
      outages_acked: acked.length,
      outages_acked_lost: lost.length,
    }),
    problems: [
      ...verdicts.flatMap(({ problems }) => problems),
      ...(lost.length > 0 ? [`${lost.length} acknowledged events are lost`] : []),
      ...(twice.length > 0 ? [`${twice.length} events are stored more than once`] : []),
    ],
  };
}

let verdict;
try {
  verdict = await main();
} catch (error) {
  verdict = { figures: {}, problems: [error.stack] };
}
await api.stop();
await postgres.stop();
process.send(verdict, () => process.exit(0));
