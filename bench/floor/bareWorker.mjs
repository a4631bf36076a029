// The bare workload in a process of its own: it starts workflows and runs them, with the worker settings of Rappel.
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { serveCalls } from '../stack/child.mjs';

const TASK_QUEUE = 'bare';

await serveCalls(async ({ address, maxCachedWorkflows, maxConcurrentActivities }) => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  let finished = () => undefined;
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./bareWorkflows.mjs', import.meta.url)),
    activities: {
      nothing: () => {
        finished();
        return null;
      },
    },
    maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: maxConcurrentActivities,
  });
  worker.run().catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
  let runs = 0;
  const start = (delayMs) => {
    runs += 1;
    const workflowId = `bare-${process.pid}-${runs}`;
    return client.workflow.start('bareDelivery', { workflowId, taskQueue: TASK_QUEUE, args: [{ delayMs }] });
  };

  return {
    /** Milliseconds from the first start to the last activity, with so many starts under way at a time. */
    async deliver({ count, delayMs, concurrency }) {
      const startedAt = performance.now();
      let left = count;
      const all = new Promise((resolve) => {
        finished = () => {
          left -= 1;
          if (left === 0) resolve();
        };
      });
      let next = 0;
      const starting = Array.from({ length: concurrency }, async () => {
        while (next < count) {
          next += 1;
          await start(delayMs);
        }
      });
      await Promise.all(starting);
      await all;
      return performance.now() - startedAt;
    },
    /** Milliseconds from start to result of one run without a delay. */
    async once() {
      finished = () => undefined;
      const startedAt = performance.now();
      const handle = await start(0);
      await handle.result();
      return performance.now() - startedAt;
    },
  };
});
