// Where Liquid stands in a text, in one pass: a regular expression looks from each opening to the end of the text, which
// takes minutes of 200,000 characters that open and never close.
// Plain JavaScript because the render threads load it both from the sources (tests) and from dist/.

'use strict';

const PAIRS = [
  { open: '{{', close: '}}' },
  { open: '{%', close: '%}' },
];

/** The places `[from, to]` of each `{{ … }}` and `{% … %}`. */
function* partsOf(text) {
  // The next place of each kind, looked for again only once it is passed; -1 when there is none.
  const kinds = PAIRS.map((pair) => ({ ...pair, at: text.indexOf(pair.open) }));
  let end = 0;
  for (;;) {
    for (const kind of kinds) if (kind.at >= 0 && kind.at < end) kind.at = text.indexOf(kind.open, end);
    const [next] = kinds.filter(({ at }) => at >= 0).sort((one, other) => one.at - other.at);
    if (next === undefined) return;
    const close = text.indexOf(next.close, next.at + 2);
    if (close < 0) {
      // Nothing of its kind is closed any more; so it is within `raw` alone.
      next.at = -1;
      continue;
    }
    end = close + 2;
    yield [next.at, end];
  }
}

module.exports = { partsOf };
