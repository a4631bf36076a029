// One worker thread that renders and checks: started when first needed, killed when a template outlives its time or memory,
// replaced for the next message. Killing is the only isolation that holds against every template.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MAX_TEXT_LENGTH } from '../domain/channel/channelRules.js';
import type { JsonObject } from '../domain/json.js';
import type { TemplateProblem, TemplateRead } from './liquidEngine.cjs';

export type ThreadTask =
  | {
      readonly task: 'render';
      readonly content: JsonObject;
      readonly scope: JsonObject;
      /** The template's own allowance. */
      readonly renderLimitMs: number;
    }
  | { readonly task: 'check' | 'reads'; readonly content: JsonObject };

/** The thread is killed at `killMs`, parsing included. */
export type ThreadJob = ThreadTask & { readonly killMs: number };

/** As a thread says it: whatever a template made, which may be no text that can be stored. */
type ThreadAnswer =
  | { readonly kind: 'rendered'; readonly content: JsonObject }
  | { readonly kind: 'aborted'; readonly reason: string }
  | { readonly kind: 'checked'; readonly problems: readonly TemplateProblem[] }
  | { readonly kind: 'reads'; readonly reads: readonly TemplateRead[] }
  | { readonly kind: 'failed'; readonly detail: string };
/** `outOfTime`: the template was too slow, or the machine too busy to tell. */
export type ThreadResult = ThreadAnswer | { readonly kind: 'outOfTime'; readonly detail: string };

type WorkerMessage = { readonly kind: 'ready' } | (ThreadAnswer & { readonly isTime?: boolean });

const WORKER_FILE = join(__dirname, 'liquidWorker.cjs');
const START_LIMIT_MS = 10_000;
const WORKER_DATA = { maxTextLength: MAX_TEXT_LENGTH };
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

export class LiquidThread {
  private worker: Worker | null = null;
  private isReady = false;
  private current: { readonly job: ThreadJob; readonly resolve: (result: ThreadResult) => void } | null = null;
  private timer: NodeJS.Timeout | null = null;

  get isIdle(): boolean {
    return this.current === null;
  }

  run(job: ThreadJob): Promise<ThreadResult> {
    return new Promise((resolve) => {
      this.current = { job, resolve };
      const worker = this.worker ?? this.start();
      // Only a thread at work may keep the process alive.
      worker.ref();
      if (this.isReady) this.begin(worker);
      else this.killAfter(START_LIMIT_MS, 'the render thread did not start');
    });
  }

  async close(): Promise<void> {
    const worker = this.worker;
    this.stop({ kind: 'failed', detail: 'templates are closed' });
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(WORKER_FILE, {
      env: {},
      execArgv: [],
      resourceLimits: RESOURCE_LIMITS,
      workerData: WORKER_DATA,
    });
    this.worker = worker;
    worker.on('message', (message: WorkerMessage) => {
      if (this.worker !== worker) return;
      if (message.kind === 'ready') {
        this.isReady = true;
        if (this.current !== null) this.begin(worker);
        return;
      }
      worker.unref();
      if (message.kind !== 'failed') return this.finish(message);
      this.finish({ kind: message.isTime === true ? 'outOfTime' : 'failed', detail: message.detail });
    });
    // Out of memory, or a defect of ours: either way the thread is gone and the message must know.
    const die = (detail: string): void => {
      if (this.worker === worker) this.stop({ kind: 'failed', detail });
    };
    worker.on('error', (error: Error) => die(`the template broke its limits: ${error.message}`));
    worker.on('exit', () => die('the template ended its render thread'));
    return worker;
  }

  private begin(worker: Worker): void {
    if (this.current === null) return;
    const { killMs, ...task } = this.current.job;
    this.killAfter(killMs, `the template did not finish within ${killMs} ms`);
    worker.postMessage(task);
  }

  private killAfter(ms: number, detail: string): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop({ kind: 'outOfTime', detail }), ms);
  }

  private stop(result: ThreadResult): void {
    const worker = this.worker;
    this.worker = null;
    this.isReady = false;
    void worker?.terminate();
    this.finish(result);
  }

  private finish(result: ThreadResult): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const current = this.current;
    this.current = null;
    current?.resolve(result);
  }
}
