// Markup in the `html` of an e-mail: what an author captured. Its outputs were escaped when it was built, so it is not
// escaped again, and it stays markup through filters, in which every other value is escaped once.
// Plain JavaScript because the worker thread loads it both from the sources (tests) and from dist/.

'use strict';

const { Drop, tags } = require('liquidjs');

class CapturedHtml extends Drop {
  constructor(text) {
    super();
    this.text = text;
  }

  /** For `{{ captured.size }}`. */
  get size() {
    return this.text.length;
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
function escapeText(text) {
  return text.replace(
    /&(?!(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});)|[<>"']/g,
    (found) => ESCAPES[found],
  );
}

function escapeOutput(value) {
  if (value instanceof CapturedHtml) return value;
  if (Array.isArray(value)) return value.map((item) => String(escapeOutput(item)?.valueOf() ?? '')).join('');
  return value === null || value === undefined ? '' : escapeText(String(value));
}

const holdsMarkup = (value) =>
  value instanceof CapturedHtml || (Array.isArray(value) && value.some((item) => item instanceof CapturedHtml));

/** The text of an operand beside markup. */
function beside(value) {
  if (value instanceof CapturedHtml) return value.text;
  if (Array.isArray(value)) return value.map(beside);
  return typeof value === 'string' ? escapeText(value) : value;
}

function asMarkup(value) {
  if (typeof value === 'string') return new CapturedHtml(value);
  return Array.isArray(value) ? value.map(asMarkup) : value;
}

/** The filter, which answers markup where one of its operands is. Answers that are numbers or objects stay these. */
function keepingMarkup(filter) {
  const handler = typeof filter === 'function' ? filter : filter.handler;
  const kept = function* (...operands) {
    if (!operands.some(holdsMarkup)) return yield handler.apply(this, operands);
    return asMarkup(yield handler.apply(this, operands.map(beside)));
  };
  return typeof filter === 'function' ? kept : { ...filter, handler: kept };
}

module.exports = { CapturedHtml, HtmlCaptureTag, escapeOutput, keepingMarkup };
