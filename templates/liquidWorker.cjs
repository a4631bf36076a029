// The worker thread's entry: does one task at a time, says so, and holds nothing but parsed templates.

'use strict';

const { parentPort, workerData } = require('node:worker_threads');
const { createEngine } = require('./liquidEngine.cjs');
const { withPlainText } = require('./plainText.cjs');

const { maxTextLength } = workerData;
const engine = createEngine({ caches: true, maxTextLength });
/** Definitions are read once: they must not push out the templates of those that are sent. */
const checker = createEngine({ caches: false, maxTextLength });

const TASKS = {
  render({ content, scope, renderLimitMs }) {
    const result = engine.render(content, scope, renderLimitMs);
    return result.kind === 'rendered' ? { ...result, content: withPlainText(result.content) } : result;
  },
  check: ({ content }) => ({ kind: 'checked', problems: checker.check(content) }),
  reads: ({ content }) => ({ kind: 'reads', reads: checker.reads(content) }),
};

parentPort.on('message', (job) => parentPort.postMessage(TASKS[job.task](job)));
parentPort.postMessage({ kind: 'ready' });
