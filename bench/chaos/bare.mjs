// The bare workload beside ours: as many messages with the same delay, two workers of its own on a task queue of its
// own, and a worker of ours that is killed takes its twin along. The measure of how fast a recovery can be.
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { bundleWorkflows } from '../../cli/dev/build/bundleWorkflows.mjs';
import { DELAY_MS } from './campaigns.mjs';
import { openJournal, readJournal } from './journal.mjs';
import { supervise } from './supervise.mjs';

const TASK_QUEUE = 'bare';
const LOOK_AGAIN_MS = 200;
const TWINS = { worker1: 'bare1', worker2: 'bare2' };
const entry = fileURLToPath(new URL('./bareWorkflow.mjs', import.meta.url));

export async function startBare(stack) {
  const bundle = path.join(stack.folder, 'bare-bundle.js');
  await bundleWorkflows(entry, bundle);
  const files = {
    started: path.join(stack.folder, 'bare-started.jsonl'),
    done: path.join(stack.folder, 'bare-done.jsonl'),
  };
  const settings = { address: stack.workerTemporalAddress, bundle, taskQueue: TASK_QUEUE, file: files.done };
  const launch = (title) => () =>
    new Promise((resolve, reject) => {
      const child = stack.run('bareWorker', settings, () => resolve(child), title);
      child.exited.then((how) => reject(new Error(`${title} ended (${how})`)));
    });
  const workers = Object.fromEntries(
    Object.entries(TWINS).map(([ours, title]) => [ours, supervise({ title, launch: launch(title) })]),
  );
  await Promise.all(Object.values(workers).map((worker) => worker.start()));
  const connection = await Connection.connect({ address: stack.workerTemporalAddress });
  const client = new Client({ connection });
  const started = openJournal(files.started, { isDurable: false });

  /** Starts under way. */
  const pending = new Set();
  let isOver = false;
  /** Numbered below those of the load. */
  let measured = 0;
  /** Of all loads. */
  let loaded = 0;

  async function startOne(n, dueAt) {
    for (;;) {
      try {
        await client.workflow.start('bare', { workflowId: `bare/${n}`, taskQueue: TASK_QUEUE, args: [{ n, dueAt }] });
        break;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) break;
        if (isOver) return;
        await wait(300);
      }
    }
    started.write({ n, dueAt, at: Date.now() });
  }

  return {
    /** The same to the twin as to our worker. */
    signal: (title, name) => workers[title]?.signal(name),
    /** How many are done a second, of `count` that are due at once. Those of an earlier call have warmed up what they need. */
    async measure({ count, signal }) {
      const beganAt = Date.now();
      const numbers = new Set(Array.from({ length: count }, (_, each) => -1 - measured - each));
      measured += count;
      await Promise.all([...numbers].map((n) => startOne(n, beganAt)));
      for (;;) {
        const done = readJournal(files.done).filter(({ n }) => numbers.has(n));
        if (done.length >= count) return (1_000 * count) / (Math.max(...done.map(({ at }) => at)) - beganAt);
        await wait(LOOK_AGAIN_MS, undefined, { signal });
      }
    },
    /** Spread evenly over the time of the load. */
    async load({ count, loadMs, signal }) {
      const beganAt = Date.now();
      for (let n = 0; n < count; n++) {
        await wait(Math.max(0, beganAt + (n / count) * loadMs - Date.now()), undefined, { signal });
        const start = startOne(loaded++, Date.now() + DELAY_MS.hook).finally(() => pending.delete(start));
        pending.add(start);
      }
      await Promise.all(pending);
    },
    /** `{ due, at }` of each that was started; `at` is undefined where it never came to its end. */
    items() {
      const done = new Map(readJournal(files.done).map(({ n, at }) => [n, at]));
      return readJournal(files.started).map(({ n, dueAt, at }) => ({ due: Math.max(dueAt, at), at: done.get(n) }));
    },
    async stop() {
      isOver = true;
      await Promise.all(Object.values(workers).map((worker) => worker.stop()));
      // A call that is repeated on a closed connection would end this process.
      await Promise.all(pending);
      started.close();
      await connection.close();
    },
  };
}
