/** Every log an installation writes, and what its Temporal keeps. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cloneFolder, type Installation } from '../installation.js';

/** By name: the launcher's, the API's and the worker's lines are one stream. */
export function logsOf(installation: Installation): Readonly<Record<string, Buffer>> {
  const [, folder = ''] = /PostgreSQL: [\d.:]+, data in ([^"\s]+)/.exec(installation.said()) ?? [];
  return {
    'API and worker': Buffer.from(installation.said()),
    PostgreSQL: readFileSync(path.join(folder, 'postgres.log')),
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

function inState(name: string): string {
  return path.join(cloneFolder(), '.rappel', name);
}
