// jest globalSetup of the project `crash`: a throw-away copy of this checkout, whose `npm start` is then killed and
// started again. Packages are linked and the build is taken along, so that the copy begins to serve at once.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { project } from '../../../cli/dev/paths.mjs';
import { findDevServer } from '../../../cli/dev/services/executables.mjs';
import { guard } from '../guard.mjs';

const LEFT_OUT = new Set(['node_modules', 'coverage', 'test', 'bench']);

export default async function setUp() {
  // Found, or built for minutes, where it can be seen and not within the first test.
  process.env.TEMPORAL_CLI_PATH = await findDevServer();
  const clone = mkdtempSync(path.join(tmpdir(), 'rappel-crash-'));
  guard({ remove: clone });
  // PostgreSQL's own system user must reach it where we are root.
  chmodSync(clone, 0o755);
  const entries = readdirSync(project).filter((name) => !name.startsWith('.') && !LEFT_OUT.has(name));
  // With the times of the files as they are, by which the build tells whether it is out of date.
  execFileSync('cp', ['-a', ...entries.map((name) => path.join(project, name)), clone]);
  symlinkSync(path.join(project, 'node_modules'), path.join(clone, 'node_modules'));
  process.env.RAPPEL_TEST_CLONE = clone;
  globalThis.rappelTestClone = clone;
}

/** Wipes what is kept outside the copy, too. */
export function removeClone() {
  const clone = globalThis.rappelTestClone;
  if (clone === undefined) return;
  spawnSync(process.execPath, [path.join(clone, 'cli/dev/reset.mjs')], { stdio: 'ignore' });
  rmSync(clone, { recursive: true, force: true, maxRetries: 5 });
}
