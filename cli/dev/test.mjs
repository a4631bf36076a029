// `npm test`: every check and every test, from a fresh clone on. A failed step does not keep the next from running;
// the last line is `N passed, M failed` (each test and each check counts as one).
import './requireNode.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { complain, formatElapsed, Stop, say, stopping } from './output.mjs';
import { project } from './paths.mjs';
import { ensureInstalled } from './prepare.mjs';
import { findDevServer, findServer, findTestServer } from './services/executables.mjs';

const reports = mkdtempSync(path.join(tmpdir(), 'rappel-test-report-'));
const env = { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };
const results = [];

const STEPS = [
  { title: 'format', work: check('biome', 'check', '.') },
  { title: 'lint', work: check('eslint', '.') },
  { title: 'import rules', work: check('depcruise', '--config', '.dependency-cruiser.cjs', '.') },
  { title: 'dead code', work: check('knip') },
  { title: 'types', work: check('tsc', '--noEmit') },
  { title: 'unit tests', work: tests('unit') },
  { title: 'integration tests', work: tests('integration', '--runInBand') },
  { title: 'Temporal programs', work: findPrograms },
  { title: 'workflow tests', work: tests('workflows', '--runInBand') },
  { title: 'crash tests', work: tests('crash', '--runInBand') },
  { title: 'compose tests', work: composeTests },
  { title: 'benchmark, in short', work: check('node', 'bench/bench.mjs', '--smoke') },
  { title: 'chaos, in short', work: check('node', 'bench/chaos.mjs', '--smoke', '--seed', '1') },
  { title: 'people under chaos, in short', work: check('node', 'bench/identity.mjs', '--smoke', '--seed', '1') },
];

async function main() {
  const startedAt = Date.now();
  await ensureInstalled();
  for (const { title, work } of STEPS) {
    stopping.signal.throwIfAborted();
    const stepAt = Date.now();
    say(`${title}…`);
    const { passed, failed, names = [] } = await work();
    results.push({ title, passed, failed, names, ms: Date.now() - stepAt });
    if (failed > 0) complain(`${title}: ${failed} failed`);
  }
  summarise(Date.now() - startedAt);
}

/** A program of node_modules, or node itself, whose exit code is the answer; what it printed is shown when it fails. */
function check(program, ...args) {
  return async () => {
    const { code, output } = await run(program, args, { isQuiet: true });
    if (code !== 0) process.stdout.write(output);
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  };
}

/** One project of jest. A file that could not run counts as a failed test, and so does a run without a report. */
function tests(name, ...args) {
  return async () => {
    const report = path.join(reports, `${name}.json`);
    const options = ['--selectProjects', name, '--passWithNoTests', '--json', `--outputFile=${report}`, ...args];
    const { code } = await run('jest', options, { isQuiet: false });
    const { passed, failed, names } = countTests(report);
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, names };
  };
}

/** The jobs of docker-compose.yml are psql, which no package of npm has. */
async function composeTests() {
  if (spawnSync('psql', ['--version']).status === 0) return tests('deploy', '--runInBand')();
  complain(
    "Left out: psql is not installed, which some services of docker-compose.yml are; install PostgreSQL's client.",
  );
  return { passed: 0, failed: 0 };
}

function countTests(report) {
  try {
    const found = JSON.parse(readFileSync(report, 'utf8'));
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = found;
    return {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      names: testResults.flatMap(failedTests),
    };
  } catch {
    return { passed: 0, failed: 1, names: [] };
  }
}

/** Of one file: which of its tests failed, or that none could run. */
function failedTests({ name, status, assertionResults }) {
  const file = path.relative(project, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [file];
  return failed.map(({ fullName }) => `${file}: ${fullName}`);
}

/** Downloaded or built here, where it can be seen, and not within the first workflow test. */
async function findPrograms() {
  try {
    env.TEMPORAL_CLI_PATH = await findDevServer();
    env.TEMPORAL_TEST_SERVER_PATH = await findTestServer();
    env.TEMPORAL_SERVER_PATH = await findServer();
    return { passed: 1, failed: 0 };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    complain(error.message);
    return { passed: 0, failed: 1 };
  }
}

function run(program, args, { isQuiet }) {
  return new Promise((resolve, reject) => {
    // jest writes its report of tests to standard error, and with --json the JSON once more to standard output.
    const stdio = isQuiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', 'inherit'];
    const bin = program === 'node' ? process.execPath : path.join(project, 'node_modules/.bin', program);
    const child = spawn(bin, args, { cwd: project, env, stdio, signal: stopping.signal });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function summarise(ms) {
  const total = (field) => results.reduce((sum, result) => sum + result[field], 0);
  console.log('');
  for (const { title, passed, failed, names, ms: took } of results) {
    const verdict = failed > 0 ? `${failed} FAILED, ${passed} passed` : `${passed} passed`;
    console.log(`  ${failed > 0 ? '✗' : '✓'} ${title.padEnd(28)} ${verdict} (${formatElapsed(took)})`);
    for (const name of names) console.log(`      ${name}`);
  }
  console.log(`  in ${formatElapsed(ms)}`);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  process.exitCode = total('failed') > 0 ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort());
try {
  await main();
} catch (error) {
  complain(stopping.signal.aborted ? 'Stopped before the end' : error instanceof Stop ? error.message : error.stack);
  // Nothing of what follows could run: one thing failed.
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
