/**
 * Composition root of a worker: executes deliveries, drains the outbox and sweeps. Any number may run side by side.
 */
import { Client } from '@temporalio/client';
import { Runtime, Worker } from '@temporalio/worker';
import { createChannels } from './composition/channels.js';
import { connectToTemporal } from './composition/connectToTemporal.js';
import { createLoops } from './composition/loops.js';
import type { WorkerDeps } from './composition/workerDeps.js';
import { workerOptions } from './composition/workerOptions.js';
import { createAdmissions } from './outbox/admissions.js';
import { listenForWakeUps } from './storage/wakeUps.js';
import { createTemporalLogger } from './telemetry/temporalLogger.js';

export interface RunningWorker {
  /** Looks at the outbox now. */
  wake(): void;
  /** Rejects when the worker fails; resolves once stopped. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const { config, logger } = deps;
  Runtime.install({
    logger: createTemporalLogger(logger),
    shutdownSignals: [],
    // Otherwise its native part prints past our logger.
    telemetryOptions: { logging: { forward: {} } },
  });
  const connection = await connectToTemporal(config);
  const client = new Client({ connection, namespace: config.temporal.namespace });
  const channels = createChannels(config, deps.pool);
  const admissions = createAdmissions(deps.pool);
  const worker = await Worker.create({
    ...workerOptions(deps, channels, admissions),
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
  });
  const loops = createLoops(deps, { ...deps, client, taskQueue: config.temporal.taskQueue, channels, admissions });
  const listener = listenForWakeUps(config.database.url, () => loops.wake());
  for (const loop of loops.all) loop.start();
  // The same promise for whoever waits for a failure and for the orderly stop.
  const finished = worker.run();
  return {
    wake: () => loops.wake(),
    finished,
    async stop() {
      await listener.stop();
      await Promise.all(loops.all.map((loop) => loop.stop()));
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished.catch((error: unknown) => logger.error({ err: error }, 'the worker had failed'));
      await connection.close();
      await Promise.all(Object.values(channels).map((channel) => channel.close()));
    },
  };
}
