// Files to import, and what the command does with them in this process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ImportRequest, importFile, kindOfFile } from '../../../cli/import/importFile.js';
import type { Pool } from '../../../storage/pool.js';
import type { ImportCounts } from '../../../storage/queries/imports/imports.js';
import type { Catalogue } from '../../../stream/catalogue/catalogue.js';
import type { StreamDeps } from '../../../stream/streamDeps.js';

export interface Importing {
  readonly folder: string;
  /** Writes a file, and returns its path. */
  file(name: string, content: string | Buffer): string;
  ndjson(name: string, items: readonly object[]): string;
  run(file: string, more?: Partial<ImportRequest>): Promise<ImportCounts>;
  /** What the command said in the last run. */
  said(): readonly string[];
  /** The lines of a report. */
  report(file: string, kind?: 'refused' | 'dry-run'): readonly Record<string, unknown>[];
  end(): void;
}

interface Installation {
  readonly pool: Pool;
  readonly stream: StreamDeps;
  readonly clock: () => Promise<number>;
  readonly catalogue: Catalogue | null;
}

export function startImporting(installation: Installation): Importing {
  const folder = mkdtempSync(path.join(tmpdir(), 'rappel-import-'));
  let lines: string[] = [];
  const file: Importing['file'] = (name, content) => {
    const made = path.join(folder, name);
    writeFileSync(made, content);
    return made;
  };
  return {
    folder,
    file,
    ndjson: (name, items) => file(name, items.map((item) => `${JSON.stringify(item)}\n`).join('')),
    run: async (name, more = {}) => {
      lines = [];
      const progress = { write: () => undefined, isTerminal: false, ticks: () => performance.now() };
      const deps = { ...installation, print: (line: string) => void lines.push(line), progress };
      const asked = { map: [], delimiter: null, isDryRun: false, isAgain: false, actor: 'cli/test' };
      return await importFile(deps, { ...asked, file: name, kind: more.kind ?? kindOfFile(name), ...more });
    },
    said: () => lines,
    report: (name, kind = 'refused') =>
      readFileSync(`${name}.${kind}.ndjson`, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    end: () => rmSync(folder, { recursive: true }),
  };
}
