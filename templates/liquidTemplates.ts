// The Liquid port's implementation: hands messages and definitions to a small pool of render threads, and gives a template that ran out
// of time one second, more generous chance, because a busy machine is no reason to park somebody's message.

import { storableObject, storableText } from '../domain/schema/storableText.js';
import { RENDER_LIMIT_MS } from './liquidEngine.cjs';
import { LiquidThread, type ThreadJob, type ThreadResult, type ThreadTask } from './liquidThread.js';
import { FairQueue, type Rendering, TemplateBreaker } from './shares.js';
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
/** Times the limit, as it is time by the clock: a process that was stopped or had no turn is not the template's fault. */
const SECOND_CHANCE = 4;

/** What operators write shares the threads as one more campaign would. */
const DEFINITIONS = 'definitions';

type Result = ThreadResult | { readonly kind: 'notTried'; readonly detail: string };

interface Waiting {
  readonly source: string;
  readonly job: ThreadJob;
  /** Of what may rest. */
  readonly rendering: Rendering | null;
  readonly resolve: (result: Result) => void;
}

interface Asked {
  readonly source: string;
  readonly task: ThreadTask;
  readonly limitMs: number;
  readonly rendering: Rendering | null;
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
    const whyNot = next.rendering === null ? null : breaker.whyNot(next.rendering);
    if (whyNot !== null) {
      next.resolve({ kind: 'notTried', detail: whyNot });
      return drain();
    }
    void thread.run(next.job).then((result) => {
      next.resolve(result);
      drain();
    });
  };
  const onThread = (work: Omit<Waiting, 'resolve'>, order = {}): Promise<Result> =>
    new Promise((resolve) => {
      if (isClosed) return resolve({ kind: 'failed', detail: 'templates are closed' });
      waiting.push(work.source, { ...work, resolve }, order);
      drain();
    });
  const inTime = async ({ source, task, limitMs, rendering }: Asked): Promise<Result> => {
    const first = await onThread({ source, job: { ...task, killMs: limitMs }, rendering });
    if (first.kind !== 'outOfTime') return first;
    const again = task.task === 'render' ? { ...task, renderLimitMs: task.renderLimitMs * SECOND_CHANCE } : task;
    // Before others of its source, which would fail as it does: that is known the sooner. It is the same try still.
    const job = { ...again, killMs: limitMs * SECOND_CHANCE };
    return onThread({ source, job, rendering: null }, { first: true });
  };
  const ofDefinition = (task: ThreadTask): Promise<Result> =>
    inTime({ source: DEFINITIONS, task, limitMs: killMs * CHECK_TIMES_KILL_MS, rendering: null });

  return {
    async render(content, scope): Promise<RenderResult> {
      const task = { task: 'render', content, scope: scopeVariables(scope), renderLimitMs } as const;
      const result = await inTime({ source: scope.source, task, limitMs: killMs, rendering: scope });
      if (result.kind !== 'notTried') breaker.ended(scope, { inTime: result.kind !== 'outOfTime' });
      return storable(result);
    },
    resting: () => breaker.resting,
    async check(content) {
      const result = await ofDefinition({ task: 'check', content });
      return result.kind === 'checked' ? result.problems : [{ path: '', message: detailOf(result) }];
    },
    async doubts(content) {
      const result = await ofDefinition({ task: 'reads', content });
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
function storable(result: Result): RenderResult {
  switch (result.kind) {
    case 'rendered':
      return { kind: 'rendered', content: storableObject(result.content) };
    case 'aborted':
      return { kind: 'aborted', reason: storableText(result.reason) };
    default:
      return { kind: 'failed', detail: storableText(detailOf(result)) };
  }
}

function detailOf(result: Result): string {
  return 'detail' in result ? result.detail : 'the render thread answered something else';
}
