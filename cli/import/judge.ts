// Judges records by the rules of `/users/track`, before anything is asked of the database.
import { readTrackItem } from '../../api/schemas/track/track.js';
import type { ImportKind } from '../../storage/queries/imports/imports.js';
import type { Incoming, InputArray } from '../../stream/incoming.js';
import type { RecordResult } from '../../stream/recordEvents.js';
import type { ReportLine } from './report.js';
import type { SourceRecord } from './source.js';

/** Records that are recorded in one transaction. */
export interface Judged {
  readonly records: readonly SourceRecord[];
  /** The valid ones, each with its line as its index. */
  readonly incoming: readonly Incoming[];
  readonly refused: readonly ReportLine[];
}

/** Of one transaction: as many as a request shared with others has, or as much text as it may have. */
const MOST_RECORDS = 500;
const MOST_BYTES = 4_194_304;

export function judge(records: readonly SourceRecord[], kind: ImportKind): Judged {
  const incoming: Incoming[] = [];
  const refused: ReportLine[] = [];
  for (const { line, item } of records) {
    const read = 'refusal' in item ? item.refusal : readTrackItem(inputArrayOf(kind, item.value), line, item.value);
    if (typeof read === 'string') refused.push({ line, outcome: 'refused', why: read, record: shown(item) });
    else incoming.push(read);
  }
  return { records, incoming, refused };
}

/** The records behind the first `skipped`, in order, by transactions. */
export async function* judgedBatches(
  source: AsyncIterable<SourceRecord>,
  { kind, skipped }: { readonly kind: ImportKind; readonly skipped: number },
): AsyncGenerator<Judged> {
  let batch: SourceRecord[] = [];
  let bytes = 0;
  let passed = 0;
  for await (const record of source) {
    passed += 1;
    if (passed <= skipped) continue;
    batch.push(record);
    bytes += record.bytes;
    if (batch.length < MOST_RECORDS && bytes < MOST_BYTES) continue;
    yield judge(batch, kind);
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield judge(batch, kind);
}

/** What the report says of a batch, in the order of its lines. */
export function reportOf(
  { records, refused }: Judged,
  { errors, skipped, warnings }: Pick<RecordResult, 'errors' | 'skipped' | 'warnings'>,
): readonly ReportLine[] {
  if (errors.length + skipped.length + warnings.length === 0) return refused;
  const byLine = new Map(records.map((record) => [record.line, record]));
  const recordOf = ({ index }: Incoming) => shown(byLine.get(index)?.item);
  const lines: readonly ReportLine[] = [
    ...refused,
    ...errors.map(
      ({ type, item }): ReportLine => ({ line: item.index, outcome: 'refused', why: type, record: recordOf(item) }),
    ),
    ...skipped.map(
      (item): ReportLine => ({ line: item.index, outcome: 'skipped', why: NOBODY, record: recordOf(item) }),
    ),
    ...warnings.map(
      ({ item, field, message }): ReportLine => ({
        line: item.index,
        outcome: 'left out',
        field,
        why: `'${field}' ${message}`,
        record: recordOf(item),
      }),
    ),
  ];
  return lines.toSorted((a, b) => a.line - b.line);
}

const NOBODY =
  "There is nobody of that name, and the line may not create them: an external_id, an e-mail address or a phone number may, an alias with '_update_existing_only': false";

function inputArrayOf(kind: ImportKind, item: unknown): InputArray {
  if (kind === 'users') return 'attributes';
  return typeof item === 'object' && item !== null && 'product_id' in item ? 'purchases' : 'events';
}

function shown(item: SourceRecord['item'] | undefined): unknown {
  return item !== undefined && 'value' in item ? item.value : null;
}
