// The report of what was not imported: a line of JSON for each, in a file beside the input. Of a process that died it may
// hold more than was committed: the import knows how much of it is true, and what is behind is written over.
import { type FileHandle, open, rm, stat } from 'node:fs/promises';

export interface ReportLine {
  /** Of the file that was imported. */
  readonly line: number;
  /** `left out`: the record was imported but for this field. */
  readonly outcome: 'refused' | 'skipped' | 'left out';
  readonly field?: string;
  /** What is wrong, and what is allowed. */
  readonly why: string;
  /** What the line held, as `/users/track` would have been told it. */
  readonly record: unknown;
}

/** Longer ones are told by their size. */
const MOST_RECORD = 10_000;

export class Report {
  readonly #file: string;
  #handle: FileHandle | null = null;
  /** Of the file, once it was written to. */
  #size = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Of the `bytes` that are true, how many are still there; a report of anything else is taken away. */
  async begin(bytes: number): Promise<number> {
    if (bytes === 0) await rm(this.#file, { force: true });
    const size = await stat(this.#file).then(
      (found) => found.size,
      () => 0,
    );
    this.#size = size;
    return await this.write(Math.min(size, bytes), []);
  }

  /** Writes the lines behind the first `bytes` bytes, durably, and returns how many the report then has. */
  async write(bytes: number, lines: readonly ReportLine[]): Promise<number> {
    if (lines.length === 0 && this.#size <= bytes) return bytes;
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(shortened(line))}\n`).join(''));
    const handle = await this.#open();
    await handle.truncate(bytes);
    await handle.write(text, 0, text.length, bytes);
    await handle.datasync();
    this.#size = bytes + text.length;
    return this.#size;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  /** Only its owner may read it: it holds what the input does. */
  async #open(): Promise<FileHandle> {
    this.#handle ??= await open(this.#file, 'r+').catch(() => open(this.#file, 'w+', 0o600));
    return this.#handle;
  }
}

function shortened(line: ReportLine): object {
  const characters = JSON.stringify(line.record)?.length ?? 0;
  return characters <= MOST_RECORD ? line : { ...line, record: `${characters} characters` };
}
