// A database that is down, silent, or has no room left: the API answers 503 within 2 s, loses nothing that it has
// acknowledged, and recovers by itself. An installation of its own; its disk is a small one in memory, in a mount
// namespace that ends with it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveTo } from '../../../cli/dev/services/postgresFiles.mjs';
import { exitOf } from '../../../cli/dev/services/spawnServer.mjs';

const script = fileURLToPath(new URL('./outageProcess.mjs', import.meta.url));

export async function tryOutages({ postgres, signal, print }) {
  const { owner, programs } = postgres;
  const folder = path.join(postgres.folder, 'outages');
  mkdirSync(folder);
  giveTo(owner, folder);
  const whyNot = mountRefused(folder);
  if (whyNot !== null) print(`SKIPPED a full disk: a file system in memory cannot be mounted here (${whyNot})`);
  const settings = path.join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ owner, programs, folder, isSmall: whyNot === null }));
  const command = [...(whyNot === null ? ['unshare', '-m'] : []), process.execPath, script, settings];
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], signal });
  child.on('error', () => undefined);
  const verdict = new Promise((resolve) => {
    child.on('message', resolve);
  });
  const ended = exitOf(child);
  const failed = { figures: {}, problems: ['the trial ended without a verdict'] };
  const { figures, problems } = await Promise.race([verdict, ended.then(() => failed)]);
  await ended;
  const isSkipped = whyNot === null ? {} : { disk_full: 'skipped' };
  return { title: 'database down, silent, out of space', figures: { ...figures, ...isSkipped }, problems };
}

function mountRefused(folder) {
  const { status, stderr, error } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status === 0) return null;
  return error?.message ?? stderr.trim();
}
