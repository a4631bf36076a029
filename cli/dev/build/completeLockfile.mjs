// `npm run lockfile`: names in package-lock.json the packages for other platforms that npm left out, with their hashes.
// npm leaves out what it did not install when the lock was made, and `npm ci` then refuses the lock on other machines. Where
// nothing is installed it resolves every platform's, so it is asked in an empty folder.
import '../requireNode.mjs';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { complain, say } from '../output.mjs';
import { project } from '../paths.mjs';

const NPM = ['install', '--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved', '--no-audit'];

const file = path.join(project, 'package-lock.json');
const before = readFileSync(file, 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'rappel-lockfile-'));
try {
  copyFileSync(path.join(project, 'package.json'), path.join(folder, 'package.json'));
  writeFileSync(path.join(folder, 'package-lock.json'), withoutIncomplete(before));
  const shell = process.platform === 'win32';
  const { status, stderr } = spawnSync('npm', NPM, { cwd: folder, encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`npm could not complete it: ${stderr.trim()}`);
  const after = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  const left =
    Object.keys(JSON.parse(after).packages).length - Object.keys(JSON.parse(withoutIncomplete(after)).packages).length;
  if (left > 0) throw new Error(`${left} packages are still without a hash: is their registry reachable?`);
  writeFileSync(file, after);
  say(after === before ? 'package-lock.json is complete' : 'package-lock.json has been completed');
} catch (error) {
  complain(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Without the entries that have no hash, so that npm resolves them anew; it never adds one to an entry that is there. */
function withoutIncomplete(text) {
  const lock = JSON.parse(text);
  const complete = Object.entries(lock.packages).filter(
    ([place, { integrity, link }]) => place === '' || link === true || integrity !== undefined,
  );
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(complete) }, null, 2)}\n`;
}
