// Rows of CSV with the numbers of their lines, by csv-parse, which reads as the bytes come.
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { UsageError } from '../usageError.js';

export interface CsvRow {
  /** The first line of the row, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Of a row. An item has 100 KB. */
const MOST_BYTES = 1_048_576;
/** Also in one file, whose parts come from different programs. */
const BREAKS = ['\r\n', '\n', '\r'];

/**
 * The rows, the first line of the file among them; empty lines are none. Throws a `UsageError` where quotes do not match or
 * a row is too long: what comes behind cannot be told apart.
 */
export async function* csvRows(chunks: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: BREAKS,
    relax_column_count: true,
    max_record_size: MOST_BYTES,
  });
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let line = 1;
  try {
    for await (const row of rowsOf(parser)) {
      if (row.length > 1 || row[0] !== '') yield { line, cells: row };
      line += 1;
      for (const cell of row) if (cell.includes('\n') || cell.includes('\r')) line += breaksIn(cell);
    }
  } catch (error) {
    throw isCsvError(error)
      ? new UsageError(`${placeOf(error)}: ${reasonOf(error)}. Nothing behind it can be read`)
      : error;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

async function* rowsOf(parser: AsyncIterable<unknown>): AsyncGenerator<readonly string[]> {
  for await (const row of parser) if (Array.isArray(row)) yield row.map(String);
}

function breaksIn(cell: string): number {
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function isCsvError(error: unknown): error is CsvError {
  return typeof error === 'object' && error !== null && 'code' in error && /^(CSV_|INVALID_)/.test(String(error.code));
}

/** Of a mark that is missing, the line is where that was found out, the row where it is. */
function placeOf({ lines, records }: CsvError): string {
  return `Row ${Number(records) + 1}, read up to line ${Number(lines)}`;
}

function reasonOf({ code }: CsvError): string {
  const text: string = code;
  if (text === 'CSV_MAX_RECORD_SIZE') return `the row has more than ${MOST_BYTES} bytes; is a quotation mark missing?`;
  if (text === 'CSV_QUOTE_NOT_CLOSED') return 'a quotation mark is not closed';
  return 'a quotation mark stands within a cell: quote the cell, and write "" for each mark in it';
}

/** The character that stands most often in a line, of those that separate cells. */
export function guessDelimiter(line: string): string {
  const unquoted = line.replace(/"[^"]*"/g, '');
  const count = (character: string) => unquoted.split(character).length;
  return [',', ';', '\t', '|'].reduce((best, each) => (count(each) > count(best) ? each : best));
}
