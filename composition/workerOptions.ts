import type { WorkerOptions } from '@temporalio/worker';
import { heartbeats } from '../activities/heartbeats.js';
import { createActivities } from '../activities/index.js';
import type { Channels } from '../channels/channel.js';
import type { Admissions } from '../outbox/admissions.js';
import { createDeliveryObserver } from './deliveryObserver.js';
import type { WorkerDeps } from './workerDeps.js';

/** All of a worker's options but its connection, so that tests run the same worker on another server. */
export function workerOptions(
  deps: WorkerDeps,
  channels: Channels,
  admissions: Admissions,
): Omit<WorkerOptions, 'taskQueue'> {
  const { config, pool, clock, templates, receivers } = deps;
  const { worker } = config;
  return {
    activities: createActivities({
      pool,
      clock,
      workspace: config.workspace,
      channels,
      templates,
      random: Math.random,
      receivers,
      observe: createDeliveryObserver(deps, admissions),
    }),
    ...(worker.workflowBundle === null
      ? { workflowsPath: require.resolve('../workflows') }
      : { workflowBundle: { codePath: worker.workflowBundle } }),
    interceptors: { activity: [heartbeats] },
    maxCachedWorkflows: worker.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: worker.maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: worker.maxConcurrentActivities,
    shutdownGraceTime: config.shutdownGraceMs,
  };
}
