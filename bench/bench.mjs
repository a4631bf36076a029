// `npm run bench`: what a message costs, against the least that any design on Temporal and PostgreSQL must do, both in
// one run on one machine. Prints one `name value` a line, ends non-zero when a gate does not hold, and keeps everything as
// JSON under bench/results/. docs/performance.md has the figures and what they mean. Linux only: CPU comes from /proc.
import '../cli/dev/requireNode.mjs';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stop, say, stopping } from '../cli/dev/output.mjs';
import { ensureBuilt } from '../cli/dev/prepare.mjs';
import { measureAudience } from './figures/audience.mjs';
import { measureDelivery } from './figures/delivery.mjs';
import { measureGrowth } from './figures/growth.mjs';
import { measureHistory } from './figures/history.mjs';
import { measureIngest } from './figures/ingest.mjs';
import { measureExceptions, measureLatency } from './figures/latency.mjs';
import { measureNeighbour } from './figures/neighbour.mjs';
import { measureStockWaiting, measureWaiting } from './figures/waiting.mjs';
import { failures } from './gates.mjs';
import { readOptions } from './options.mjs';
import { startInstallation } from './stack/installation.mjs';
import { makePlace } from './stack/place.mjs';
import { findStore } from './stack/stores.mjs';

/** Rappel's own defaults (config/variables.ts): the floor has the same worker. */
const WORKER = { maxCachedWorkflows: 500, maxConcurrentActivities: 50 };
const MEASURE = {
  history: measureHistory,
  delivery: measureDelivery,
  latency: measureLatency,
  exceptions: measureExceptions,
  ingest: measureIngest,
  waiting: measureWaiting,
  neighbour: measureNeighbour,
  audience: measureAudience,
};
const print = (line = '') => process.stdout.write(`${line}\n`);

async function main() {
  const options = readOptions(process.argv.slice(2));
  await ensureBuilt();
  const store = await findStore(options);
  const postgres = makePlace({ name: 'bench', say });
  const { folder } = postgres;
  const place = { store, folder, postgres };
  const startedAt = new Date();
  // Filled figure by figure, so that what was measured is printed whatever fails later, stopping included.
  const measured = {};
  const problems = [];
  try {
    await measureAll(place, options, measured).finally(() => rmSync(folder, { recursive: true, force: true }));
  } catch (error) {
    if (error instanceof Stop || stopping.signal.aborted) throw error;
    process.stderr.write(`${error.stack}\n`);
    problems.push(error.message);
  }
  const figures = Object.assign({}, ...Object.values(measured).map((each) => each.figures));
  const details = Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, each.details]));
  problems.push(...failures(figures, { store: store.name, isSmoke: options.isSmoke, isWhole: options.isWhole }));
  keep({ startedAt, store: store.name, options, machine: machine(), figures, problems, details });
  for (const problem of problems) print(`FAILED: ${problem}`);
  print();
  print(`store ${store.name}`);
  for (const [name, value] of Object.entries(figures)) print(`${name} ${value}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

async function measureAll(place, options, measured) {
  const { only, sizes } = options;
  if (Object.keys(MEASURE).some((name) => only.includes(name))) await measureTogether(place, options, measured);
  if (only.includes('waiting') && sizes.waiting.stock > 0 && place.store.name === 'postgres') {
    measured.stock = await measureStockWaiting({ ...place, sizes: sizes.waiting, say });
  }
  if (only.includes('growth')) {
    say('growth…');
    measured.growth = await measureGrowth({ ...place, sizes: sizes.growth, say });
  }
}

/** What shares one installation. */
async function measureTogether(place, { only, sizes }, measured) {
  const installation = await startInstallation(place);
  try {
    const bare = installation.startChild('floor/bareWorker.mjs', { address: installation.temporalAddress, ...WORKER });
    await bare.call('ready');
    for (const name of Object.keys(MEASURE).filter((each) => only.includes(each))) {
      stopping.signal.throwIfAborted();
      say(`${name}…`);
      measured[name] = await MEASURE[name]({ installation, bare, sizes: sizes[name], say });
    }
  } finally {
    await installation.stop();
  }
}

function machine() {
  const [{ model }] = cpus();
  return {
    cpu: model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: release(),
  };
}

function keep(result) {
  const results = fileURLToPath(new URL('./results', import.meta.url));
  mkdirSync(results, { recursive: true });
  const name = `${result.startedAt.toISOString().replaceAll(/[:.]/g, '-')}.json`;
  writeFileSync(path.join(results, name), `${JSON.stringify(result, null, 1)}\n`);
}

// Ctrl-C ends every wait on a part by ending the part: they are in this process group, or are stopped below.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stopping.abort(new Stop('Stopped')));
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Stop || stopping.signal.aborted ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
