// The Liquid port's implementation: hands messages and definitions to a small pool of render threads, and gives a template that ran out
// of time one second, more generous chance, because a busy machine is no reason to park somebody's message.

import { storableObject, storableText } from '../domain/schema/storableText.js';
import { RENDER_LIMIT_MS } from './liquidEngine.cjs';
import { LiquidThread, type ThreadJob, type ThreadResult, type ThreadTask } from './liquidThread.js';
import { FairQueue, NOT_TRIED, TemplateBreaker } from './shares.js';
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
/** An operator waits for it, once a definition: 200,000 characters of nothing but variables take half a second cold. */
const CHECK_TIMES_KILL_MS = 8;
const SECOND_CHANCE = 2;

/** What operators write shares the threads as one more campaign would. */
const DEFINITIONS = 'definitions';

interface Waiting {
  readonly source: string;
  readonly job: ThreadJob;
  readonly resolve: (result: ThreadResult) => void;
}

export function createTemplates(options: TemplatesOptions = {}): Templates {
  const { threads: size = DEFAULT_THREADS, renderLimitMs = RENDER_LIMIT_MS, killMs = KILL_MS } = options;
  const threads = Array.from({ length: size }, () => new LiquidThread());
  const waiting = new FairQueue<Waiting>();
  const breaker = new TemplateBreaker();
  let isClosed = false;

  const drain = (): void => {
    const thread = threads.find(({ isIdle }) => isIdle);
    const next = thread === undefined ? undefined : waiting.shift();
    if (thread === undefined || next === undefined) return;
    // Found out while it waited.
    if (next.job.task === 'render' && !breaker.mayTry(next.source)) {
      next.resolve({ kind: 'failed', detail: NOT_TRIED });
      return drain();
    }
    void thread.run(next.job).then((result) => {
      next.resolve(result);
      drain();
    });
  };
  const onThread = (source: string, job: ThreadJob, order = {}): Promise<ThreadResult> =>
    new Promise((resolve) => {
      if (isClosed) return resolve({ kind: 'failed', detail: 'templates are closed' });
      waiting.push(source, { source, job, resolve }, order);
      drain();
    });
  const inTime = async (source: string, task: ThreadTask, limitMs = killMs): Promise<ThreadResult> => {
    const first = await onThread(source, { ...task, killMs: limitMs });
    if (first.kind !== 'outOfTime') return first;
    const again = task.task === 'render' ? { ...task, renderLimitMs: task.renderLimitMs * SECOND_CHANCE } : task;
    // Before others of its source, which would fail as it does: that is known the sooner.
    return onThread(source, { ...again, killMs: limitMs * SECOND_CHANCE }, { first: true });
  };

  return {
    async render(content, scope): Promise<RenderResult> {
      const task = { task: 'render', content, scope: scopeVariables(scope), renderLimitMs } as const;
      const result = await inTime(scope.source, task);
      if (!('detail' in result && result.detail === NOT_TRIED))
        breaker.ended(scope.source, { inTime: result.kind !== 'outOfTime' });
      return storable(result);
    },
    async check(content) {
      const result = await inTime(DEFINITIONS, { task: 'check', content }, killMs * CHECK_TIMES_KILL_MS);
      return result.kind === 'checked' ? result.problems : [{ path: '', message: detailOf(result) }];
    },
    async doubts(content) {
      const result = await inTime(DEFINITIONS, { task: 'reads', content }, killMs * CHECK_TIMES_KILL_MS);
      // What cannot be read in time is refused by `check`.
      return result.kind === 'reads' ? doubtsOf(result.reads) : [];
    },
    async close() {
      isClosed = true;
      for (const { resolve } of waiting.takeAll()) resolve({ kind: 'failed', detail: 'templates are closed' });
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
    default:
      return { kind: 'failed', detail: storableText(detailOf(result)) };
  }
}

function detailOf(result: ThreadResult): string {
  return 'detail' in result ? result.detail : 'the render thread answered something else';
}
