// Liquid as Rappel speaks it: which tags and filters exist, what a template may read, how much it may cost, and when
// output is escaped. Runs in the worker threads; the main thread only parses with it (`check`).
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const { Context, Drop, Liquid, Tag, Value, tags } = require('liquidjs');
const { translateBrazeForms } = require('./brazeForms.cjs');

const PARSE_LIMIT = 100_000;
const RENDER_LIMIT_MS = 50;
const MEMORY_LIMIT = 1_000_000;
const MAX_OUTPUT = 1_000_000;
const MAX_DEPTH = 20;
const MAX_TEXTS = 1_000;
const CACHED_TEMPLATES = 500;
const CACHED_LENGTH = 20_000;
const DEFAULT_ABORT_REASON = 'the template aborted this message';

/** Tags that read other templates, and filters that evaluate text as an expression. */
const REMOVED_TAGS = ['include', 'render', 'layout', 'block'];
const REMOVED_FILTERS = ['where_exp', 'reject_exp', 'group_by_exp', 'has_exp', 'find_index_exp', 'find_exp'];

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

/** Markup that an author captured: its outputs were escaped when it was built, so it is not escaped again as a whole. */
class CapturedHtml extends Drop {
  constructor(text) {
    super();
    this.text = text;
  }

  valueOf() {
    return this.text;
  }
}

class HtmlCaptureTag extends tags.capture {
  *render(context) {
    const text = yield this.liquid.renderer.renderTemplates(this.templates, context);
    context.bottom()[this.variable] = new CapturedHtml(text);
  }
}

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

/** Leaves entities alone, so that `| escape` written out of habit does no harm. */
function escapeOutput(value) {
  if (value instanceof CapturedHtml) return value;
  const text = value === null || value === undefined ? '' : Array.isArray(value) ? value.join('') : String(value);
  return text.replace(
    /&(?!(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});)|[<>"']/g,
    (found) => ESCAPES[found],
  );
}

/** LQ-03: whole numbers divide to a whole number, rounded down. */
function dividedBy(dividend, divisor) {
  const [left, right] = [Number(dividend), Number(divisor)];
  if (right === 0) throw new Error('divided by 0');
  return Number.isInteger(left) && Number.isInteger(right) ? Math.floor(left / right) : left / right;
}

/** LQ-03: 145 → 145.00; what is no number stays as it is. */
function money(value) {
  const amount = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value ?? Number.NaN);
  return Number.isFinite(amount) ? amount.toFixed(2) : value;
}

function createLiquid(isHtml) {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    parseLimit: PARSE_LIMIT,
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
  if (isHtml) liquid.registerTag('capture', HtmlCaptureTag);
  liquid.registerFilter('divided_by', dividedBy);
  liquid.registerFilter('money', money);
  return liquid;
}

/** @param {boolean} caches false where each text is parsed once only. */
function createEngine(caches) {
  const engines = { plain: createLiquid(false), html: createLiquid(true) };
  const parsed = { plain: new Map(), html: new Map() };

  function parse(text, mode) {
    const cache = parsed[mode];
    const known = cache.get(text);
    if (known !== undefined) return known;
    if (text.length > PARSE_LIMIT) throw new Error(`longer than ${PARSE_LIMIT} characters`);
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
        const context = new Context(
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

  return { render, check };
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
