// Rewrites Braze's `${…}` forms (LQ-01) into plain Liquid before parsing, in one pass over the text: no backtracking,
// and nothing outside `{{ }}` and `{% %}`, inside quotes, `raw` or `comment` is touched.
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const VERBATIM_TAG = /^-?\s*(raw|comment)\b/;
const INLINE_COMMENT = /^-?\s*#/;

/** `{{${first_name} | default: 'x'}}` → `{{_profile["first_name"] | default: 'x'}}`; inner braces in tags are dropped. */
function translateBrazeForms(text) {
  if (!text.includes('${')) return text;
  let out = '';
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open < 0 || open === text.length - 1) break;
    const kind = text[open + 1];
    if (kind !== '{' && kind !== '%') {
      out += text.slice(at, open + 1);
      at = open + 1;
      continue;
    }
    out += text.slice(at, open);
    const inside = text.slice(open + 2, open + 40);
    const verbatim = kind === '%' ? VERBATIM_TAG.exec(inside) : null;
    const end = verbatim
      ? endOfBlock(text, open, verbatim[1])
      : kind === '%' && INLINE_COMMENT.test(inside)
        ? endAfter(text, '%}', open)
        : null;
    if (end !== null) {
      out += text.slice(open, end);
      at = end;
      continue;
    }
    const markup = translateMarkup(text, open, kind === '%');
    out += markup.out;
    at = markup.at;
  }
  return out + text.slice(at);
}

/** One `{{ … }}` or `{% … %}` from its opening on. */
function translateMarkup(text, open, isTag) {
  let out = text.slice(open, open + 2);
  let at = open + 2;
  // Kept instead of asking `out`, which would copy the whole text each time.
  let isMember = false;
  while (at < text.length) {
    const character = text[at];
    if (character === '"' || character === "'") {
      const end = endAfter(text, character, at + 1);
      out += text.slice(at, end);
      at = end;
    } else if (text.startsWith('${', at)) {
      const end = text.indexOf('}', at);
      if (end < 0) break;
      out += `${isMember ? '' : '_profile'}[${JSON.stringify(text.slice(at + 2, end).trim())}]`;
      at = end + 1;
    } else if (text.startsWith('.${', at)) {
      isMember = true;
      at += 1;
      continue;
    } else if (text.startsWith(isTag ? '%}' : '}}', at)) {
      return { out: out + text.slice(at, at + 2), at: at + 2 };
    } else if (isTag && (text.startsWith('{{', at) || text.startsWith('}}', at))) {
      out += ' ';
      at += 2;
    } else {
      out += character;
      at += 1;
    }
    isMember = false;
  }
  return { out: out + text.slice(at), at: text.length };
}

function endOfBlock(text, open, name) {
  const close = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`, 'g');
  close.lastIndex = open;
  return close.exec(text) === null ? text.length : close.lastIndex;
}

function endAfter(text, mark, from) {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

module.exports = { translateBrazeForms };
