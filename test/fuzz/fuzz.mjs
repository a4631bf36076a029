// `npm run test:fuzz`: Schemathesis asks a new API, on a PostgreSQL of its own, what our OpenAPI document says can be asked,
// and what it says cannot. Every answer must be one that the document knows: no 5xx, no status, type or field besides.
// Which checks are off, and why, is in schemathesis.toml. Prints one `name value` a line; fails when anything did.
import '../../cli/dev/requireNode.mjs';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makePlace } from '../../bench/stack/place.mjs';
import { complain, Stop, say, stopping } from '../../cli/dev/output.mjs';
import { ensureBuilt } from '../../cli/dev/prepare.mjs';
import { startInstallation } from './installation.mjs';
import { readOptions } from './options.mjs';
import { ensureInstalled, findPython, runSchemathesis } from './schemathesis.mjs';

async function main() {
  const { seed, cases, isWhole } = readOptions(process.argv.slice(2));
  const python = findPython();
  if (python === undefined) {
    say('Skipped: this needs Python 3.11 or later with its venv module, and there is none');
    return;
  }
  ensureInstalled(python);
  await ensureBuilt();
  const place = makePlace({ name: 'fuzz', say });
  const reports = path.join(place.folder, 'reports');
  mkdirSync(reports);
  say(`Seed ${seed}`);
  try {
    const figures = await fuzz(place, { reports, seed, cases, isWhole });
    for (const [name, value] of Object.entries({ seed, ...figures })) process.stdout.write(`${name} ${value}\n`);
    process.exitCode = figures.failures === 0 ? 0 : 1;
  } finally {
    rmSync(place.folder, { recursive: true, force: true });
  }
}

async function fuzz(place, { cases, ...wishes }) {
  const { url, key, log, stop } = await startInstallation(place);
  try {
    const perOperation = Math.ceil(cases / (await countOperations(url)));
    const figures = await runSchemathesis({ url, key, perOperation, ...wishes });
    if (figures.failures > 0) process.stdout.write(readFileSync(log, 'utf8'));
    return figures;
  } finally {
    await stop();
  }
}

/** Those that take anything: of the others there is one request each. */
async function countOperations(url) {
  const { paths } = await (await fetch(`${url}/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return operations.filter(({ parameters, requestBody }) => parameters.length > 0 || requestBody !== undefined).length;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort());
try {
  await main();
} catch (error) {
  complain(stopping.signal.aborted ? 'Stopped before the end' : error instanceof Stop ? error.message : error.stack);
  process.exitCode = 1;
}
