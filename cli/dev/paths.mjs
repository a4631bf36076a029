// Where things of a clone are kept. Everything under `state` is git-ignored and wiped by `npm run reset`.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const dist = path.join(project, 'dist');
export const workflowBundle = path.join(dist, 'workflow-bundle.js');
export const state = path.join(project, '.rappel');

/** Binaries that are downloaded or built once per machine, each in a folder named for its version. */
export const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'rappel');

/** Used instead of a folder of the clone where another system user (PostgreSQL's, when we are root) cannot reach it. */
export const shared = '/var/lib/rappel';
export const sharedState = path.join(
  shared,
  `${path.basename(project)}-${createHash('sha256').update(project).digest('hex').slice(0, 8)}`,
);

/** For whoever runs Rappel alone: people, mails and keys are in there. One that others could read is closed to them. */
export function makePrivate(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A file system without modes refuses or ignores it.
  try {
    chmodSync(folder, 0o700);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EINVAL'].includes(error.code)) throw error;
  }
}
