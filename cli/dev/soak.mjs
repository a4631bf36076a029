// `npm run soak`: the long simulations whole, where `npm test` runs them in short. Today: the model of one campaign against the
// real code. `-- --histories N --seed N` choose how many and which; the figures come last, one `name value` a line.
import './requireNode.mjs';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { complain, Stop, stopping } from './output.mjs';
import { project } from './paths.mjs';
import { ensureInstalled } from './prepare.mjs';

const HISTORIES = 10_000;
const MODEL = 'test/integration/model.test.ts';

async function main() {
  const { histories, seed } = readOptions(process.argv.slice(2));
  await ensureInstalled();
  const { code, output } = await runModel({ histories, seed });
  const counts = readCounts(output);
  console.log('');
  for (const [name, count] of counts) console.log(`${name.replaceAll(/\W+/g, '_')} ${count}`);
  console.log(`histories ${histories}`);
  console.log(`seed ${seed}`);
  console.log(code === 0 && counts.length > 0 ? 'passed' : 'FAILED');
  process.exitCode = code === 0 && counts.length > 0 ? 0 : 1;
}

function readOptions(args) {
  const { values } = parseArgs({ args, options: { histories: { type: 'string' }, seed: { type: 'string' } } });
  const histories = wholeNumber('histories', values.histories ?? `${HISTORIES}`);
  return { histories, seed: wholeNumber('seed', values.seed ?? `${randomInt(2 ** 31)}`) };
}

function wholeNumber(name, text) {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  throw new Stop(`--${name} ${text} is not a whole number below 2,147,483,648`);
}

function runModel({ histories, seed }) {
  const env = {
    ...process.env,
    RAPPEL_MODEL_HISTORIES: `${histories}`,
    RAPPEL_MODEL_SEED: `${seed}`,
    RAPPEL_MODEL_PRINT: '1',
  };
  const args = ['--selectProjects', 'integration', '--runInBand', '--runTestsByPath', MODEL];
  const options = { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'], signal: stopping.signal };
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(project, 'node_modules/.bin/jest'), args, options);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** What the test prints at its end: how often each ending came up. */
function readCounts(output) {
  const line = output.split('\n').find((each) => each.startsWith('endings '));
  return line === undefined ? [] : JSON.parse(line.slice('endings '.length));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stopping.abort());
try {
  await main();
} catch (error) {
  complain(stopping.signal.aborted ? 'Stopped before the end' : error instanceof Stop ? error.message : error.stack);
  process.exitCode = 1;
}
