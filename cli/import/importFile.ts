/**
 * `rappel import`: the people or events of a file, as history that triggers nothing. Batch by batch, in order; how far the
 * import has come is committed with each, so that whoever starts the same command again goes on behind the last one,
 * whatever ended it. A file is known by its bytes.
 */
import path from 'node:path';
import { instant } from '../../storage/pool.js';
import {
  findImport,
  finishImport,
  type ImportCounts,
  type ImportKind,
  type StoredImport,
  startImport,
} from '../../storage/queries/imports/imports.js';
import { insertAuditRow } from '../../storage/queries/operations/insertAuditRow.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { historyFrom } from '../../stream/importMonths.js';
import { UsageError } from '../usageError.js';
import { mappingText, parseMapping } from './columns.js';
import { dryRun } from './dryRun.js';
import type { ImportDeps } from './importDeps.js';
import { judgedBatches } from './judge.js';
import { counted, Progress } from './progress.js';
import { Report } from './report.js';
import { type Form, openSource, type Source } from './source.js';
import { createWriter } from './writeBatch.js';

export interface ImportRequest {
  readonly file: string;
  readonly kind: ImportKind;
  /** As `columns.ts` reads them. */
  readonly map: readonly string[];
  /** Of CSV; null: told by its first line. */
  readonly delimiter: string | null;
  readonly isDryRun: boolean;
  /** Also what was imported before. */
  readonly isAgain: boolean;
  readonly actor: string;
}

/** What is in the file, as its name says it. Throws a `UsageError` where it does not. */
export function kindOfFile(file: string): ImportKind {
  const name = path.basename(file).toLowerCase();
  if (/^(users|people|profiles)/.test(name)) return 'users';
  if (/^events/.test(name)) return 'events';
  throw new UsageError(`What does ${file} hold? Say it by --as users or --as events`);
}

/** Returns what became of the file's records, of those that an earlier process imported too. */
export async function importFile(deps: ImportDeps, request: ImportRequest): Promise<ImportCounts> {
  const { print } = deps;
  const { file, kind, delimiter } = request;
  const mapping = parseMapping(request.map);
  print(`Looking through ${file}`);
  const source = await openSource({ file, mapping, delimiter });
  if (kind === 'events' && source.form.name === 'csv')
    throw new UsageError(`Events come as NDJSON, one object a line: ${file} is CSV`);
  for (const line of describeColumns(source.form)) print(line);
  print(`${counted(source.records)} records`);
  if (request.isDryRun) return await dryRun({ source, file, kind, print });
  const text = JSON.stringify([source.form.name, source.form.delimiter, mappingText(mapping)]);
  const begun = await begin(deps, { request, source, mapping: text });
  if (begun.finished_at !== null) {
    print(`It was imported on ${instant(begun.finished_at)}. --again imports it once more`);
    return begun;
  }
  return await goOn(deps, { request, source, begun });
}

function describeColumns({ columns }: Form): readonly string[] {
  return columns.map(({ from, to, type }) => {
    const name = from === '' ? 'a column without a name' : from;
    return to === null ? `  ${name}: left out` : `  ${name}: ${to}${type === null ? '' : `, as ${type}`}`;
  });
}

interface Beginning {
  readonly request: ImportRequest;
  readonly source: Source;
  readonly mapping: string;
}

/** The import of this file that is under way or, unless it is to be done again, over; a new one where there is none. */
async function begin(
  { pool, clock, print }: ImportDeps,
  { request: { file, kind, isAgain, actor }, source: { sha256, records }, mapping }: Beginning,
): Promise<StoredImport> {
  const earlier = await findImport(pool, { kind, sha256 });
  if (earlier !== null && (earlier.finished_at === null || !isAgain)) {
    if (earlier.finished_at !== null) return earlier;
    if (earlier.mapping !== mapping)
      throw new UsageError('The import of this file was begun with another --map or --delimiter: go on with the same');
    print(`Going on behind record ${counted(earlier.done)}, of an import begun on ${instant(earlier.started_at)}`);
    return earlier;
  }
  const now = await clock();
  const fileName = path.basename(file);
  return await withTransaction(pool, async (tx) => {
    const begun = { kind, fileName, sha256, mapping, historyFrom: historyFrom(now), records, startedBy: actor, now };
    const started = await startImport(tx, begun);
    const after = { file: fileName, kind, records };
    const subject = `import/${started.id}`;
    await insertAuditRow(tx, { at: now, actor, action: 'import.start', subject, before: null, after });
    return started;
  });
}

interface GoingOn {
  readonly request: ImportRequest;
  readonly source: Source;
  readonly begun: StoredImport;
}

async function goOn(deps: ImportDeps, { request, source, begun }: GoingOn): Promise<ImportCounts> {
  const { print } = deps;
  const { file, kind } = request;
  print('It may be interrupted at any moment: the same command goes on');
  const reportFile = `${file}.refused.ndjson`;
  const report = new Report(reportFile);
  try {
    const writer = createWriter(deps, { begun, kind, report, reportBytes: await report.begin(begun.report_bytes) });
    const progress = new Progress(deps.progress, { total: source.records, from: begun.done });
    const batches = judgedBatches(source.read(), { kind, skipped: begun.done });
    // The next batch is read and judged while one is being recorded.
    let next = batches.next();
    for (;;) {
      const batch = await next;
      if (batch.done === true) break;
      next = batches.next();
      next.catch(() => undefined);
      await source.requireUnchanged();
      await writer.write(batch.value);
      progress.tell(writer.state.done);
    }
    const pace = progress.end(writer.state.done);
    // Names come again with what is tracked: an import that is done does not fail for them.
    await deps.catalogue?.tell().catch(() => print('Names that it showed are not all in the catalogue'));
    const finished = await finish(deps, request, writer.state);
    for (const line of describeEnd(finished, { kind, pace })) print(line);
    if (finished.report_bytes > 0) print(`What was not imported, and why: ${reportFile}`);
    return finished;
  } finally {
    await report.close();
  }
}

async function finish(
  { pool, clock }: ImportDeps,
  { actor }: ImportRequest,
  state: StoredImport,
): Promise<StoredImport> {
  const now = await clock();
  return await withTransaction(pool, async (tx) => {
    const finished = await finishImport(tx, state.id, now);
    if (finished === null) return state;
    const { recorded, refused, repeated, skipped } = finished;
    const after = { recorded, refused, repeated, skipped };
    const subject = `import/${state.id}`;
    await insertAuditRow(tx, { at: now, actor, action: 'import.finish', subject, before: null, after });
    return finished;
  });
}

function describeEnd(
  { recorded, refused, repeated, skipped }: StoredImport,
  { kind, pace }: { readonly kind: ImportKind; readonly pace: number },
): readonly string[] {
  const what = kind === 'users' ? 'people' : 'events';
  return [
    `Imported ${counted(recorded)} ${what}, ${counted(pace)} records a second`,
    ...(repeated > 0 ? [`${counted(repeated)} were recorded before, under the same event_id`] : []),
    ...(skipped > 0 ? [`${counted(skipped)} were skipped: there is nobody of that name`] : []),
    ...(refused > 0 ? [`${counted(refused)} were refused`] : []),
  ];
}
