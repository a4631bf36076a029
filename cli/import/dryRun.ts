// What an import would do, without a database: every record is judged, none is recorded.
import type { ImportCounts, ImportKind } from '../../storage/queries/imports/imports.js';
import { judgedBatches } from './judge.js';
import { counted } from './progress.js';
import { Report } from './report.js';
import type { Source, SourceRecord } from './source.js';

interface DryRun {
  readonly source: Source;
  readonly file: string;
  readonly kind: ImportKind;
  readonly print: (line: string) => void;
}

/** What depends on who is known (limits of a person, repeats, aliases) is not judged. */
export async function dryRun({ source, file, kind, print }: DryRun): Promise<ImportCounts> {
  const reportFile = `${file}.dry-run.ndjson`;
  const report = new Report(reportFile);
  const seen = new SeenTypes();
  let recorded = 0;
  let refused = 0;
  let bytes = await report.begin(0);
  try {
    for await (const batch of judgedBatches(source.read(), { kind, skipped: 0 })) {
      recorded += batch.incoming.length;
      refused += batch.refused.length;
      bytes = await report.write(bytes, batch.refused);
      if (source.form.name === 'csv') for (const record of batch.records) seen.add(record);
    }
  } finally {
    await report.close();
  }
  for (const line of seen.mixed()) print(line);
  print(`Dry run: ${counted(recorded)} would be imported, ${counted(refused)} refused; nothing was`);
  if (refused > 0) print(`What would not be, and why: ${reportFile}`);
  return { recorded, refused, repeated: 0, skipped: 0 };
}

/** Cells are told by their text: a column whose cells are of several types is one to say the type of. */
class SeenTypes {
  readonly #types = new Map<string, Map<string, number>>();

  add({ item }: SourceRecord): void {
    if ('refusal' in item || typeof item.value !== 'object' || item.value === null) return;
    for (const [name, value] of Object.entries(item.value)) {
      const types = this.#types.get(name) ?? new Map<string, number>();
      types.set(typeof value, (types.get(typeof value) ?? 0) + 1);
      this.#types.set(name, types);
    }
  }

  mixed(): readonly string[] {
    return [...this.#types].flatMap(([name, types]) => {
      if (types.size < 2) return [];
      const told = [...types].map(([type, count]) => `${counted(count)} ${type === 'string' ? 'text' : type}`);
      return [`  ${name} would be of several types (${told.join(', ')}): --map '<column>=${name}:text' makes it one`];
    });
  }
}
