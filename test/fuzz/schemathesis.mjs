// Schemathesis, in a Python environment of its own in the cache folder, once per machine and version.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stop, say, stopping } from '../../cli/dev/output.mjs';
import { cache } from '../../cli/dev/paths.mjs';
import { exitOf } from '../../cli/dev/services/spawnServer.mjs';

const VERSION = '4.32.5';
const folder = path.join(cache, `schemathesis-${VERSION}`);
/** Written when all is installed: an environment cannot be made elsewhere and moved, as its programs name their place. */
const complete = path.join(folder, 'complete');
const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const IS_USABLE = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 11) else 1)';

/** A Python of at least 3.11 that can make environments; undefined: this machine has none. */
export function findPython() {
  return ['python3', 'python'].find((name) => {
    try {
      execFileSync(name, ['-c', IS_USABLE], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export function ensureInstalled(python) {
  if (existsSync(complete)) return;
  say(`Installing Schemathesis ${VERSION} into ${folder}…`);
  rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync(python, ['-m', 'venv', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    const options = ['--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`];
    execFileSync(path.join(bin, 'pip'), ['install', ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    throw new Stop(`Schemathesis ${VERSION} could not be installed with pip: ${error.message}`);
  }
  writeFileSync(complete, '');
}

/** Runs it to its end; what it printed was seen, what is returned are the numbers of its report. */
export async function runSchemathesis({ url, key, reports, seed, perOperation, isWhole }) {
  const phases = isWhole ? ['examples', 'coverage', 'fuzzing', 'stateful'] : ['examples', 'fuzzing'];
  const args = [
    ['--config-file', file('schemathesis.toml'), 'run', `${url}/openapi.json`],
    ['--seed', String(seed), '--max-examples', String(perOperation), '--phases', phases.join(',')],
    // What an earlier run found must not be what this one begins with: the seed alone says what is sent.
    ['--generation-database', 'none', '--continue-on-failure', '--report', 'json', '--report-dir', reports],
  ];
  const child = spawn(path.join(bin, 'schemathesis'), args.flat(), {
    cwd: reports,
    env: { ...process.env, RAPPEL_FUZZ_KEY: key, SCHEMATHESIS_HOOKS: file('hooks.py') },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: stopping.signal,
  });
  const code = await exitOf(child);
  const report = readdirSync(reports).find((name) => name.endsWith('.json'));
  if (report === undefined) throw new Stop(`Schemathesis ended (${code}) without a report`);
  const { test_cases: cases, errors } = JSON.parse(readFileSync(path.join(reports, report), 'utf8'));
  const failures = cases.unique_failures + errors.length;
  // A run that ends badly and names no failure has failed all the same.
  return { cases: cases.generated, failures: code === 0 ? failures : Math.max(1, failures) };
}
