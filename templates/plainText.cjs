// The text of an e-mail that has none, made from its HTML. Runs in the render threads, under their time limit: tables in
// tables make the conversion of 1 KB take 21 s.
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const { compile } = require('html-to-text');

const textOf = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: false, hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    { selector: 'img', format: 'skip' },
  ],
  limits: { maxInputLength: 1_000_000, maxDepth: 200, ellipsis: '…' },
});

const isBlank = (text) => text === undefined || text.trim() === '';

/** The rendered content, with a text where there is HTML alone. */
function withPlainText(content) {
  const { html, text } = content;
  if (typeof html !== 'string' || isBlank(html) || !isBlank(text)) return content;
  return { ...content, text: textOf(html) };
}

module.exports = { withPlainText };
