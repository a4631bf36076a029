/** Every log an installation writes, and what its Temporal keeps. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cloneFolder, type Installation } from '../installation.js';

/** Where the database's own files are. */
function databaseFolder(installation: Installation): string {
  return /PostgreSQL: [\d.:]+, data in ([^"\s]+)/.exec(installation.said())?.[1] ?? '';
}

/** The bytes of each of the database's files, its write-ahead log included, one after the other. */
export function* databaseFiles(installation: Installation): Generator<Buffer> {
  const folder = path.join(databaseFolder(installation), 'data');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield readFileSync(path.join(entry.parentPath, entry.name));
  }
}

/** By name: the launcher's, the API's and the worker's lines are one stream. */
export function logsOf(installation: Installation): Readonly<Record<string, Buffer>> {
  return {
    'API and worker': Buffer.from(installation.said()),
    PostgreSQL: readFileSync(path.join(databaseFolder(installation), 'postgres.log')),
    'Temporal (log)': readFileSync(inState('temporal/temporal.log')),
  };
}

/** The bytes of its SQLite files, with what is in its write-ahead log. */
export function temporalStore(): Buffer {
  const files = readdirSync(inState('temporal')).filter((name) => name.startsWith('temporal.db'));
  return Buffer.concat(files.map((name) => readFileSync(inState(`temporal/${name}`))));
}

export function databaseUrl(): string {
  return (JSON.parse(readFileSync(inState('running.json'), 'utf8')) as { databaseUrl: string }).databaseUrl;
}

/** What secrets are encrypted with, without its id. */
export function secretKey(): string {
  return readFileSync(inState('secret-keys'), 'utf8').trim().replace(/^.*:/, '');
}

function inState(name: string): string {
  return path.join(cloneFolder(), '.rappel', name);
}
