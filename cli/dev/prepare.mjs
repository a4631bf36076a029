// Makes a clone ready to run: packages as the lockfile says, and a build of the present sources.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { formatElapsed, Stop, say, showProgress, stopping } from './output.mjs';
import { project } from './paths.mjs';

const lockfile = path.join(project, 'package-lock.json');
const installed = path.join(project, 'node_modules/.package-lock.json');
const stamp = path.join(project, 'node_modules/.rappel-installed');

export function ensureInstalled() {
  return withLock('prepare', async () => {
    const wanted = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
    if (!isInstalled(wanted)) await install();
    writeFileSync(stamp, wanted);
  });
}

export function ensureBuilt() {
  return withLock('prepare', async () => {
    const { build } = await import('./build.mjs');
    await build();
  });
}

function isInstalled(wanted) {
  if (!existsSync(installed)) return false;
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === wanted;
  // Installed by hand: npm writes its own record after everything else.
  return statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs;
}

async function install() {
  const startedAt = Date.now();
  say('Installing packages (npm ci)…');
  const progress = showProgress(() => 'installing');
  try {
    await npmCi();
  } finally {
    progress.stop();
  }
  say(`Installed in ${formatElapsed(Date.now() - startedAt)}`);
}

function npmCi() {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'], {
      cwd: project,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
      signal: stopping.signal,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Stop(`npm ci failed (${code}):\n${said.trim()}`));
    });
  });
}
