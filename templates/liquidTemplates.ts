// The Liquid port's implementation: hands messages to a small pool of render threads, and gives a template that ran out
// of time one second, more generous chance, because a busy machine is no reason to park somebody's message.

import { MAX_TEXT_LENGTH } from '../domain/campaign/messages.js';
import type { JsonObject } from '../domain/json.js';
import { storableObject, storableText } from '../domain/schema/storableText.js';
import { createEngine, RENDER_LIMIT_MS } from './liquidEngine.cjs';
import { LiquidThread, type RenderJob, type ThreadResult } from './liquidThread.js';
import { scopeVariables } from './templateScope.js';
import type { RenderResult, Templates } from './templates.js';
import { doubtsOf } from './unknownVariables.js';

export interface TemplatesOptions {
  /** Render threads; each costs about 10 MB once used. */
  readonly threads?: number;
  readonly renderLimitMs?: number;
  readonly killMs?: number;
}

const DEFAULT_THREADS = 2;
const KILL_MS = 250;
const SECOND_CHANCE = 2;

export function createTemplates(options: TemplatesOptions = {}): Templates {
  const { threads: size = DEFAULT_THREADS, renderLimitMs = RENDER_LIMIT_MS, killMs = KILL_MS } = options;
  const threads = Array.from({ length: size }, () => new LiquidThread());
  const waiting: { readonly job: RenderJob; readonly resolve: (result: ThreadResult) => void }[] = [];
  const checker = createEngine({ caches: false, maxTextLength: MAX_TEXT_LENGTH });
  let isClosed = false;

  const drain = (): void => {
    const thread = threads.find(({ isIdle }) => isIdle);
    const next = thread === undefined ? undefined : waiting.shift();
    if (thread === undefined || next === undefined) return;
    void thread.render(next.job).then((result) => {
      next.resolve(result);
      drain();
    });
  };
  const renderOnThread = (job: RenderJob): Promise<ThreadResult> =>
    new Promise((resolve) => {
      if (isClosed) return resolve({ kind: 'failed', detail: 'templates are closed' });
      waiting.push({ job, resolve });
      drain();
    });

  return {
    async render(content, scope): Promise<RenderResult> {
      const job = { content, scope: scopeVariables(scope), renderLimitMs, killMs };
      const first = await renderOnThread(job);
      if (first.kind !== 'outOfTime') return storable(first);
      const second = await renderOnThread({
        ...job,
        renderLimitMs: renderLimitMs * SECOND_CHANCE,
        killMs: killMs * SECOND_CHANCE,
      });
      return storable(second);
    },

    check: (content: JsonObject) => checker.check(content),

    doubts: (content: JsonObject) => doubtsOf(checker.reads(content)),

    async close() {
      isClosed = true;
      for (const { resolve } of waiting.splice(0)) resolve({ kind: 'failed', detail: 'templates are closed' });
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** A template may cut a character in two (`split: ''`) or make U+0000 (`url_decode`): what it says is stored, so it is cleaned. */
function storable(result: ThreadResult): RenderResult {
  switch (result.kind) {
    case 'rendered':
      return { kind: 'rendered', content: storableObject(result.content) };
    case 'aborted':
      return { kind: 'aborted', reason: storableText(result.reason) };
    case 'failed':
    case 'outOfTime':
      return { kind: 'failed', detail: storableText(result.detail) };
  }
}
