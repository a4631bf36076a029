// A file to import: its identity and its records, read as a stream and never held.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { types } from 'node:util';
import { parseExactJson } from '../../domain/schema/exactJson.js';
import { UsageError } from '../usageError.js';
import { type Cell, itemOfCells } from './cells.js';
import { type Column, columnsOf, type Mapping, renameFields } from './columns.js';
import { csvRows, guessDelimiter } from './csvRows.js';
import { MOST_LINE_BYTES, ndjsonLines } from './ndjsonLines.js';

/** A row or a line of the file: what `/users/track` calls an item, not yet judged, or why it is none. */
export interface SourceRecord {
  readonly line: number;
  readonly item: Cell;
  /** Of its text, about. */
  readonly bytes: number;
}

export interface SourceOptions {
  readonly file: string;
  readonly mapping: Mapping;
  /** Of CSV; null: told by the first line. */
  readonly delimiter: string | null;
}

/** How the file is read. */
export interface Form {
  readonly name: 'csv' | 'ndjson';
  /** Of CSV; empty of NDJSON, whose lines name their fields themselves. */
  readonly columns: readonly Column[];
  readonly delimiter: string;
}

export interface Source {
  readonly form: Form;
  readonly sha256: Buffer;
  readonly records: number;
  /** From the first record on. */
  read(): AsyncGenerator<SourceRecord>;
  /** Throws where the file is no longer what it was when it was looked through. */
  requireUnchanged(): Promise<void>;
}

/**
 * Looks through the whole file before anything of it is imported: its hash, which is its identity, how many records it has,
 * and whether it is UTF-8 and can be told into records to its end. Throws a `UsageError` where it cannot.
 */
export async function openSource({ file, mapping, delimiter }: SourceOptions): Promise<Source> {
  const before = await describeFile(file);
  const form = await formOf({ file, mapping, delimiter });
  const hash = createHash('sha256');
  let records = 0;
  for await (const _ of rawRecords(hashed(chunksOf(file), hash), form)) records += 1;
  return {
    form,
    sha256: hash.digest(),
    records,
    read: () => recordsOf(file, form, mapping),
    requireUnchanged: async () => {
      const now = await describeFile(file);
      if (now !== before)
        throw new UsageError(`${file} was changed while it was being imported: nothing more of it is`);
    },
  };
}

async function describeFile(file: string): Promise<string> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new UsageError(`${file} is not a file`);
    return `${found.ino}:${found.size}:${found.mtimeMs}`;
  } catch (error) {
    if (types.isNativeError(error) && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      throw new UsageError(`${file} cannot be read (${error.code})`);
    throw error;
  }
}

async function formOf({ file, mapping, delimiter }: SourceOptions): Promise<Form> {
  const extension = path.extname(file).toLowerCase();
  if (['.ndjson', '.jsonl'].includes(extension)) return { name: 'ndjson', columns: [], delimiter: '' };
  if (!['.csv', '.tsv', '.txt'].includes(extension))
    throw new UsageError(`${file} must be a .csv or an .ndjson file (one JSON object a line)`);
  const used = delimiter ?? guessDelimiter(await firstLine(file));
  for await (const { cells } of csvRows(chunksOf(file), used))
    return { name: 'csv', columns: columnsOf(cells, mapping), delimiter: used };
  throw new UsageError(`${file} is empty: its first line must name the columns`);
}

async function firstLine(file: string): Promise<string> {
  for await (const { text } of ndjsonLines(chunksOf(file))) return text ?? '';
  return '';
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: 262_144 })) if (Buffer.isBuffer(chunk)) yield chunk;
}

/** What passes through, taken into the hash, and refused where it is no UTF-8: letters would become others. */
async function* hashed(chunks: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  const decode = (chunk?: Buffer) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new UsageError(`The file is not UTF-8 (near byte ${bytes}): save it as UTF-8`);
    }
  };
  for await (const chunk of chunks) {
    hash.update(chunk);
    decode(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  decode();
}

interface Raw {
  readonly line: number;
  readonly cells?: readonly string[];
  readonly text?: string | null;
}

/** The rows behind the first, or the lines. */
async function* rawRecords(chunks: AsyncIterable<Buffer>, { name, delimiter }: Form): AsyncGenerator<Raw> {
  if (name === 'ndjson') {
    yield* ndjsonLines(chunks);
    return;
  }
  let isHeader = true;
  for await (const row of csvRows(chunks, delimiter)) {
    if (!isHeader) yield row;
    isHeader = false;
  }
}

async function* recordsOf(file: string, form: Form, mapping: Mapping): AsyncGenerator<SourceRecord> {
  for await (const { line, cells, text = null } of rawRecords(chunksOf(file), form)) {
    if (cells === undefined) yield { line, item: itemOfText(text, mapping), bytes: text?.length ?? 0 };
    else yield { line, item: itemOfCells(cells, form.columns), bytes: bytesOf(cells) };
  }
}

function itemOfText(text: string | null, mapping: Mapping): Cell {
  if (text === null) return { refusal: `A line must not have more than ${MOST_LINE_BYTES} bytes` };
  try {
    return { value: renameFields(parseExactJson(text), mapping) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { refusal: 'The line is not one JSON object' };
  }
}

function bytesOf(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.length, 0);
}
