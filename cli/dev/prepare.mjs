// Makes a clone ready to run: packages as the lockfile says, and a build of the present sources.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { formatElapsed, Stop, say, showProgress, stopping } from './output.mjs';
import { cache, makePrivate, project, state } from './paths.mjs';

const lockfile = path.join(project, 'package-lock.json');
const installed = path.join(project, 'node_modules/.package-lock.json');

/** Refuses, before anything is started, folders that we could not write to. */
export function ensureWritable() {
  for (const folder of [project, state, cache]) {
    try {
      if (folder === state) makePrivate(folder);
      else mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    } catch (error) {
      throw new Stop(
        `Rappel cannot write to ${folder} (${error.code}): give your user the right to, or run it from a clone of your own`,
      );
    }
  }
}

export function ensureInstalled() {
  return withLock('prepare', async () => {
    if (!isInstalled()) await install();
  });
}

export function ensureBuilt() {
  return withLock('prepare', async () => {
    const { build } = await import('./build/build.mjs');
    await build();
  });
}

/** Whether what npm says it installed is what the lockfile asks for; packages for other platforms are not installed. */
function isInstalled() {
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const isPresent = ([place, { version, optional }]) =>
    place === '' || present[place]?.version === version || (optional === true && !(place in present));
  return Object.entries(wanted).every(isPresent) && Object.keys(present).every((place) => place in wanted);
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
