// Where Liquid stands in a text, in one pass: a regular expression looks from each opening to the end of the text, which
// takes minutes of 200,000 characters that open and never close.

const PAIRS = [
  { open: '{{', close: '}}' },
  { open: '{%', close: '%}' },
] as const;

export function holdsLiquid(text: string): boolean {
  return PAIRS.some(({ open }) => text.includes(open));
}

/** The text with each `{{ … }}` and `{% … %}` replaced by what `by` says of it. */
export function replaceLiquid(text: string, by: (found: string) => string): string {
  let kept = '';
  let end = 0;
  for (const [from, to] of partsOf(text)) {
    kept += text.slice(end, from) + by(text.slice(from, to));
    end = to;
  }
  return kept + text.slice(end);
}

/** What stands within `{{ … }}`. */
export function outputsOf(text: string): readonly string[] {
  return [...partsOf(text)]
    .filter(([from]) => text.startsWith('{{', from))
    .map(([from, to]) => text.slice(from + 2, to - 2));
}

function* partsOf(text: string): Generator<readonly [number, number]> {
  // The next place of each kind, looked for again only once it is passed; -1 when there is none.
  const kinds = PAIRS.map((pair) => ({ ...pair, at: text.indexOf(pair.open) }));
  let end = 0;
  for (;;) {
    for (const kind of kinds) if (kind.at >= 0 && kind.at < end) kind.at = text.indexOf(kind.open, end);
    const [next] = kinds.filter(({ at }) => at >= 0).sort((one, other) => one.at - other.at);
    if (next === undefined) return;
    const close = text.indexOf(next.close, next.at + 2);
    if (close < 0) {
      // Nothing of its kind is closed any more.
      next.at = -1;
      continue;
    }
    end = close + 2;
    yield [next.at, end];
  }
}
