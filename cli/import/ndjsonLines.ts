// Lines of NDJSON, of which one that is too long is passed over without being held.
export interface TextLine {
  /** From 1. */
  readonly line: number;
  /** Null: it is too long. */
  readonly text: string | null;
}

/** Of a line. An item has 100 KB. */
export const MOST_LINE_BYTES = 1_048_576;
const LINE_FEED = 0x0a;
const BOM = /^\ufeff/;

/** The lines that are not empty. */
export async function* ndjsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<TextLine> {
  let line = 1;
  let parts: Buffer[] = [];
  let bytes = 0;
  const end = (): TextLine | null => {
    const text = bytes > MOST_LINE_BYTES ? null : Buffer.concat(parts).toString('utf8').replace(BOM, '').trim();
    parts = [];
    bytes = 0;
    return text === '' ? null : { line, text };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(LINE_FEED, from);
      const part = chunk.subarray(from, at === -1 ? chunk.length : at);
      bytes += part.length;
      if (bytes > MOST_LINE_BYTES) parts = [];
      else parts.push(part);
      if (at === -1) break;
      const ended = end();
      if (ended !== null) yield ended;
      line += 1;
      from = at + 1;
    }
  }
  const last = end();
  if (last !== null) yield last;
}
