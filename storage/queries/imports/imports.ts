/** Files that were or are being imported; see migration 50. */
import { instant, type Queryable } from '../../pool.js';

export type ImportKind = 'users' | 'events';

/** What became of the records that are over. */
export interface ImportCounts {
  /** Recorded, whole or but for single fields. */
  readonly recorded: number;
  readonly refused: number;
  /** Events that were recorded before, under the same `event_id`. */
  readonly repeated: number;
  /** About people who do not exist and whom the record may not create. */
  readonly skipped: number;
}

export interface StoredImport extends ImportCounts {
  readonly id: number;
  readonly mapping: string;
  readonly history_from: number;
  readonly done: number;
  readonly report_bytes: number;
  readonly started_at: number;
  readonly finished_at: number | null;
}

const IMPORT_COLUMNS = `
  id, mapping, history_from, done, recorded, refused, repeated, skipped, report_bytes, started_at, finished_at
`;

export interface ImportedFile {
  readonly kind: ImportKind;
  readonly sha256: Buffer;
}

const FIND = `
  select ${IMPORT_COLUMNS} from imports where file_sha256 = $1::bytea and kind = $2::text order by id desc limit 1
`;

/** The last import of the same bytes; null: there was none. */
export async function findImport(db: Queryable, { kind, sha256 }: ImportedFile): Promise<StoredImport | null> {
  const { rows } = await db.query<StoredImport>({ name: 'findImport', text: FIND, values: [sha256, kind] });
  return rows[0] ?? null;
}

const READ = `select ${IMPORT_COLUMNS} from imports where id = $1::bigint`;

/** An import as it is now. */
export async function readImport(db: Queryable, id: number): Promise<StoredImport> {
  const { rows } = await db.query<StoredImport>({ name: 'readImport', text: READ, values: [id] });
  return only(rows);
}

const START = `
  insert into imports (kind, file_name, file_sha256, mapping, history_from, records, started_by, started_at)
  values ($1::text, $2::text, $3::bytea, $4::text, $5::timestamptz, $6::bigint, $7::text, $8::timestamptz)
  returning ${IMPORT_COLUMNS}
`;

export interface NewImport extends ImportedFile {
  readonly fileName: string;
  readonly mapping: string;
  readonly historyFrom: number;
  readonly records: number;
  readonly startedBy: string;
  readonly now: number;
}

export async function startImport(tx: Queryable, begun: NewImport): Promise<StoredImport> {
  const { kind, fileName, sha256, mapping, historyFrom, records, startedBy, now } = begun;
  const { rows } = await tx.query<StoredImport>({
    name: 'startImport',
    text: START,
    values: [kind, fileName, sha256, mapping, instant(historyFrom), records, startedBy, instant(now)],
  });
  return only(rows);
}

const BEGIN = `
  select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('synchronous_commit', 'off', true)
`;

/**
 * For the transaction of a batch: each statement is planned for the tables as they have grown, not as they were when the first
 * people came, and nobody waits for the disk. What a crash of the database takes, it takes with how far the import had come.
 */
export async function beginImportBatch(tx: Queryable): Promise<void> {
  await tx.query({ name: 'beginImportBatch', text: BEGIN, values: [] });
}

const ADVANCE = `
  update imports set done = done + $3::bigint, recorded = recorded + $4::bigint, refused = refused + $5::bigint,
    repeated = repeated + $6::bigint, skipped = skipped + $7::bigint, report_bytes = $8::bigint
  where id = $1::bigint and done = $2::bigint and finished_at is null
  returning ${IMPORT_COLUMNS}
`;

export interface ImportAdvance extends ImportCounts {
  readonly records: number;
  readonly reportBytes: number;
}

/** The import with these records over; null: another process has gone on with it. */
export async function advanceImport(
  tx: Queryable,
  { id, done }: Pick<StoredImport, 'id' | 'done'>,
  { records, recorded, refused, repeated, skipped, reportBytes }: ImportAdvance,
): Promise<StoredImport | null> {
  const { rows } = await tx.query<StoredImport>({
    name: 'advanceImport',
    text: ADVANCE,
    values: [id, done, records, recorded, refused, repeated, skipped, reportBytes],
  });
  return rows[0] ?? null;
}

const FINISH = `
  update imports set finished_at = $2::timestamptz where id = $1::bigint and finished_at is null returning ${IMPORT_COLUMNS}
`;

/** Null: it was finished before. */
export async function finishImport(tx: Queryable, id: number, now: number): Promise<StoredImport | null> {
  const { rows } = await tx.query<StoredImport>({ name: 'finishImport', text: FINISH, values: [id, instant(now)] });
  return rows[0] ?? null;
}

const MONTHS = `select ensure_event_month(month) from unnest($1::timestamptz[]) as m(month) order by month`;

/** Makes partitions of events for the months of these instants, where there are none. */
export async function ensureEventMonths(db: Queryable, months: readonly number[]): Promise<void> {
  if (months.length === 0) return;
  await db.query({ name: 'ensureEventMonths', text: MONTHS, values: [months.map(instant)] });
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('there is no such import');
  return row;
}
