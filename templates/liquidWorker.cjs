// The worker thread's entry: renders one message at a time, says so, and holds nothing but parsed templates.

'use strict';

const { parentPort, workerData } = require('node:worker_threads');
const { createEngine } = require('./liquidEngine.cjs');

const engine = createEngine({ caches: true, maxTextLength: workerData.maxTextLength });
parentPort.on('message', ({ content, scope, renderLimitMs }) => {
  parentPort.postMessage(engine.render(content, scope, renderLimitMs));
});
parentPort.postMessage({ kind: 'ready' });
