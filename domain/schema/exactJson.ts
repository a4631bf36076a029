/**
 * JSON that keeps its digits: a number that JavaScript would print with other digits (1187654321098765312 becomes
 * 1187654321098765300) comes out as a mark, which every reader refuses by name, or, where an id is meant, reads as its
 * digits. Never silently another number.
 */

/** No text that is stored begins so: U+0000 is refused everywhere. */
const MARK = '\u0000number:';

/** A number of sixteen characters or more, or with an exponent, may lose digits; any other `JSON.parse` keeps exactly. */
const MAY_LOSE_DIGITS = /(?:^|[:,[\s])-?\d(?:[\d.]{15}|[\d.]*[eE])/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTE = 0x22;
const MINUS = 0x2d;

/** Throws `SyntaxError` as `JSON.parse` does. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(MAY_LOSE_DIGITS.test(text) ? withMarks(text) : text);
}

/** The digits of a number that could not be kept; null for any other value. */
export function digitsOf(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : null;
}

/** A number as it was written: itself where it is exact, else the mark of its digits. */
export function exactNumber(text: string): number | string {
  return isExact(text) ? Number(text) : `${MARK}${text}`;
}

/**
 * Whether the number prints as it was written. A fraction of up to 17 digits is how programs write a binary fraction
 * (0.10000000000000001 is 0.1), and means the same one.
 */
function isExact(text: string): boolean {
  const number = Number(text);
  if (!Number.isFinite(number)) return false;
  const written = canonical(text);
  return written === canonical(String(number)) || (!Number.isInteger(number) && significantDigits(written) <= 17);
}

/** Sign, significant digits and exponent: one form of all ways to write a number. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign === '-' ? '-' : ''}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

function significantDigits(written: string): number {
  return written.replace(/e.*$|-/g, '').length;
}

/** The text with each number that would lose digits as a string that begins with the mark. */
function withMarks(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    NUMBER.lastIndex = at;
    const found = unit === MINUS || (unit >= 0x30 && unit <= 0x39) ? NUMBER.exec(text)?.[0] : undefined;
    if (found === undefined) {
      at += 1;
      continue;
    }
    if (!isExact(found)) {
      parts.push(text.slice(kept, at), JSON.stringify(`${MARK}${found}`));
      kept = at + found.length;
    }
    at += found.length;
  }
  return [...parts, text.slice(kept)].join('');
}

/** The place after the closing quote, which has an even number of backslashes before it; the end where there is none. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}
