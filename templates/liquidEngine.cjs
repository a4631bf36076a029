// Liquid as Rappel speaks it: which tags and filters exist, what a template may read, how much it may cost, and when
// output is escaped. Runs in the worker threads; the main thread only parses with it (`check`).
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const { Context, Drop, Liquid, Tag, Value } = require('liquidjs');
const { partsOf } = require('../domain/liquidParts.cjs');
const { translateBrazeForms } = require('./brazeForms.cjs');
const { dateFilters } = require('./filters/dates.cjs');
const { escapeOutput, HtmlCaptureTag, keepingMarkup } = require('./filters/markup.cjs');
const { numberFilters } = require('./filters/numbers.cjs');
const { textFilters } = require('./filters/texts.cjs');

const RENDER_LIMIT_MS = 50;
const MEMORY_LIMIT = 1_000_000;
const MAX_OUTPUT = 1_000_000;
const MAX_DEPTH = 20;
const MAX_TEXTS = 1_000;
const CACHED_TEMPLATES = 500;
const CACHED_LENGTH = 20_000;
/** Characters times variables: some tens of milliseconds. A message of more is not looked through for unknown variables. */
const MOST_ANALYSED = 3_000_000;
const DEFAULT_ABORT_REASON = 'the template aborted this message';

/** Tags that read other templates, and filters that evaluate text as an expression. */
const REMOVED_TAGS = ['include', 'render', 'layout', 'block'];
const REMOVED_FILTERS = ['where_exp', 'reject_exp', 'group_by_exp', 'has_exp', 'find_index_exp', 'find_exp'];

/** What may be read of `forloop`, `tablerowloop` and what was captured; of `empty`, `blank` and `nil` there is none of it. */
const DROP_FIELDS = new Set([
  'size',
  ...['length', 'name', 'index', 'index0', 'rindex', 'rindex0', 'first', 'last'],
  ...['row', 'col', 'col0', 'col_first', 'col_last'],
]);

/** `ownPropertyOnly` does not hold for the objects that Liquid itself makes: their methods, class and prototype were reached. */
class ClosedContext extends Context {
  readProperty(object, key) {
    if (object instanceof Drop && !DROP_FIELDS.has(key)) return undefined;
    return super.readProperty(object, key);
  }
}

class AbortMessage extends Error {
  constructor(reason) {
    super(reason);
    this.name = 'AbortMessage';
    this.reason = reason;
  }
}

/** LQ-02: `{% abort_message('reason') %}`, `{% abort_message() %}`, `{% abort_message %}`; the reason may be a variable. */
class AbortMessageTag extends Tag {
  constructor(token, remaining, liquid) {
    super(token, remaining, liquid);
    const args = token.args.trim();
    const reason = args.startsWith('(') && args.endsWith(')') ? args.slice(1, -1).trim() : args;
    this.reason = reason === '' ? null : new Value(reason, liquid);
  }

  *render(context) {
    const reason = this.reason === null ? '' : yield this.reason.value(context, false);
    throw new AbortMessage(
      String(reason ?? '')
        .trim()
        .slice(0, 500) || DEFAULT_ABORT_REASON,
    );
  }
}

function createLiquid(isHtml, maxTextLength) {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    // Of the text after the translation of Braze's forms, which makes it longer.
    parseLimit: 2 * maxTextLength,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    templates: {},
    dynamicPartials: false,
    timezoneOffset: 0,
    locale: 'en',
    ...(isHtml ? { outputEscape: escapeOutput } : {}),
  });
  for (const name of REMOVED_TAGS) delete liquid.tags[name];
  for (const name of REMOVED_FILTERS) liquid.unregisterFilter(name);
  liquid.registerTag('abort_message', AbortMessageTag);
  const own = { ...numberFilters, ...textFilters, ...dateFilters };
  for (const [name, filter] of Object.entries(own)) liquid.registerFilter(name, filter);
  if (isHtml) {
    liquid.registerTag('capture', HtmlCaptureTag);
    for (const [name, filter] of Object.entries(liquid.filters)) liquid.registerFilter(name, keepingMarkup(filter));
  }
  return liquid;
}

/** `maxTextLength` in characters, as definitions allow; `caches` false where each text is parsed once only. */
function createEngine({ caches, maxTextLength }) {
  const engines = { plain: createLiquid(false, maxTextLength), html: createLiquid(true, maxTextLength) };
  const parsed = { plain: new Map(), html: new Map() };

  function parse(text, mode) {
    const cache = parsed[mode];
    const known = cache.get(text);
    if (known !== undefined) return known;
    if (text.length > maxTextLength) throw new Error(`longer than ${maxTextLength} characters`);
    const template = engines[mode].parse(translateBrazeForms(text));
    if (caches && text.length <= CACHED_LENGTH) {
      if (cache.size >= CACHED_TEMPLATES) cache.delete(cache.keys().next().value);
      cache.set(text, template);
    }
    return template;
  }

  /** Renders every text of the content; all of them share one allowance of time, memory and output. */
  function render(content, scope, renderLimitMs = RENDER_LIMIT_MS) {
    let limits = null;
    let length = 0;
    const renderText = (text, path) => {
      if (text.includes('{{') || text.includes('{%')) {
        const mode = modeOf(path);
        const template = parse(text, mode);
        const liquid = engines[mode];
        const context = new ClosedContext(
          { ...scope },
          liquid.options,
          { sync: true, renderLimit: renderLimitMs },
          { ...limits, liquid },
        );
        limits = { memoryLimit: context.memoryLimit, renderLimit: context.renderLimit };
        text = liquid.renderSync(template, context);
      }
      length += text.length;
      if (length > MAX_OUTPUT) throw new Error(`the rendered message is longer than ${MAX_OUTPUT} characters`);
      return text;
    };
    try {
      return { kind: 'rendered', content: mapTexts(content, renderText) };
    } catch (error) {
      const cause = error?.originalError ?? error;
      if (cause instanceof AbortMessage) return { kind: 'aborted', reason: cause.reason };
      return { kind: 'failed', detail: messageOf(error), isTime: /template render limit/.test(messageOf(error)) };
    }
  }

  /** What does not parse, with the path of its text. */
  function check(content) {
    const problems = [];
    const checkText = (text, path) => {
      try {
        parse(text, modeOf(path));
      } catch (error) {
        problems.push({ path, message: messageOf(error) });
      }
      return text;
    };
    try {
      mapTexts(content, checkText);
    } catch (error) {
      problems.push({ path: '', message: messageOf(error) });
    }
    return problems;
  }

  /** What the texts that parse read from outside themselves: the path of the text, and the names that lead to the value. */
  function reads(content) {
    const found = [];
    let steps = 0;
    const readsOf = (text, path) => {
      if (!text.includes('{{') && !text.includes('{%')) return text;
      const mode = modeOf(path);
      try {
        parse(text, mode);
        const translated = translateBrazeForms(text);
        const parts = [...partsOf(translated)].map(([from, to]) => translated.slice(from, to));
        const markup = parts.join('');
        // The analysis looks for the place of each variable from the start of the text on.
        steps += markup.length * parts.length;
        if (steps > MOST_ANALYSED) return text;
        const { globals } = engines[mode].analyzeSync(engines[mode].parse(markup), { partials: false });
        for (const { segments } of Object.values(globals).flat()) found.push({ path, names: names(segments) });
      } catch {
        // What is wrong with it, `check` tells.
      }
      return text;
    };
    try {
      mapTexts(content, readsOf);
    } catch {
      // As above.
    }
    return found;
  }

  return { render, check, reads };
}

/** Up to the first that only rendering would tell. */
function names(segments) {
  const end = segments.findIndex((segment) => typeof segment !== 'string');
  return end < 0 ? segments : segments.slice(0, end);
}

/** Only the e-mail's own `html` is markup; everything else is text, and must not hold entities. */
function modeOf(path) {
  return path === 'html' ? 'html' : 'plain';
}

/** A copy with every string replaced; keys and other values stay. Paths read as `body.items[0].name`. */
function mapTexts(content, replace) {
  let texts = 0;
  const walk = (value, path, depth) => {
    if (typeof value === 'string') {
      texts += 1;
      if (texts > MAX_TEXTS) throw new Error(`more than ${MAX_TEXTS} texts in one message`);
      return replace(value, path);
    }
    if (value === null || typeof value !== 'object') return value;
    if (depth > MAX_DEPTH) throw new Error(`${path}: nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, path === '' ? key : `${path}.${key}`, depth + 1)]),
    );
  };
  return walk(content, '', 0);
}

function messageOf(error) {
  return String(error?.message ?? error).slice(0, 500);
}

module.exports = { createEngine, RENDER_LIMIT_MS };
