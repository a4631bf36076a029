// `npm run test:node24`: every check and every test under Node 24, which the image runs; with arguments, jest with these
// (`npm run test:node24 -- --selectProjects unit`). That Node comes from the npm package `node`, once per machine, into the
// cache folder: no installation needs it.
import './requireNode.mjs';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { say, stopping } from './output.mjs';
import { cache, project } from './paths.mjs';

const VERSION = '24.21.0';
const folder = path.join(cache, `node-${VERSION}`);
const bin = path.join(folder, 'node_modules/node/bin');
const node = path.join(bin, process.platform === 'win32' ? 'node.exe' : 'node');

function isThere() {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() === `v${VERSION}`;
  } catch {
    return false;
  }
}

/** Made in a folder beside its place and moved there when complete. */
function fetchNode() {
  say(`Fetching Node ${VERSION} from the npm package node…`);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
    // Its own script fetches the program for this platform, also where npm runs no scripts unless told to.
    const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts=false'];
    execFileSync('npm', ['install', '--prefix', partial, ...options, `node@${VERSION}`], { stdio: 'inherit' });
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  if (!isThere()) throw new Error(`npm install node@${VERSION} left no program that runs at ${node}`);
}

if (!isThere()) fetchNode();
say(`Node ${VERSION}: ${node}`);
const args = process.argv.slice(2);
const program = args.length === 0 ? ['cli/dev/test.mjs'] : ['node_modules/jest/bin/jest.js', ...args];
const child = spawn(node, program, {
  cwd: project,
  // What the checks start by name (jest, tsc, npm) finds this Node first.
  env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
  stdio: 'inherit',
  signal: stopping.signal,
});
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
