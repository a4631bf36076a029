// What compiling a regular expression would cost, told by reading it once: `(?:abc){1000}` is 12 characters and 3,000
// instructions, and `\pL` in a class looks through a table of 700 ranges. A pattern is judged by this before it is compiled.

/** Of one pattern, and of all of a definition: compiling so many takes some 25 ms. What is dearer is not compiled. */
export const MAX_COST = 10_000;
/** A property of characters (`\pL`, `[:alpha:]`) costs about as much as so many instructions: measured, 0.25 ms. */
const PROPERTY_COST = 100;
const REPEAT = /\{(\d{1,4})(?:,(\d{0,4}))?\}/y;

interface Part {
  sum: number;
  /** Of the last atom, which a repeat that follows multiplies. */
  last: number;
}

/** About the number of instructions, never far below it. Of a pattern that is none, some number. */
export function patternCost(pattern: string): number {
  const open: Part[] = [];
  let part: Part = { sum: 0, last: 0 };
  let properties = 0;
  const add = (cost: number) => {
    part.sum += cost;
    part.last = cost;
  };
  for (let at = 0; at < pattern.length; at += 1) {
    switch (pattern[at]) {
      case '\\': {
        const end = pattern.startsWith('\\Q', at) ? pattern.indexOf('\\E', at) : -1;
        if (pattern[at + 1] === 'Q') {
          const after = end < 0 ? pattern.length : end;
          add(after - at);
          at = after;
        } else if (/p/i.test(pattern[at + 1] ?? '')) {
          properties += 1;
          add(1);
        } else add(1);
        at += 1;
        break;
      }
      case '[': {
        const end = endOfClass(pattern, at);
        properties += countProperties(pattern.slice(at, end));
        add(1);
        at = end;
        break;
      }
      case '(':
        open.push(part);
        part = { sum: pattern[at + 1] === '?' ? 0 : 2, last: 0 };
        break;
      case ')': {
        const inner = part.sum;
        part = open.pop() ?? { sum: 0, last: 0 };
        add(inner);
        break;
      }
      case '{': {
        REPEAT.lastIndex = at;
        const [written, least = '0', most = ''] = REPEAT.exec(pattern) ?? [];
        if (written === undefined) add(1);
        else {
          part.sum += part.last * (Math.max(Number(least), Number(most), 1) - 1);
          at += written.length - 1;
        }
        break;
      }
      default:
        add(1);
    }
  }
  const instructions = open.reduce((sum, each) => sum + each.sum, part.sum);
  return instructions + properties * PROPERTY_COST;
}

/** The place of the bracket that closes it. */
function endOfClass(pattern: string, open: number): number {
  // A closing bracket that comes first is a member.
  let at = open + (pattern.startsWith('[^', open) ? 2 : 1);
  if (pattern[at] === ']') at += 1;
  for (; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern.startsWith('[:', at)) at = Math.max(at, pattern.indexOf(':]', at) + 1);
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}

function countProperties(written: string): number {
  return written.match(/\\[pPdDwWsS]|\[:/g)?.length ?? 0;
}
