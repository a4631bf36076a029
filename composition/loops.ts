import type { Channels } from '../channels/channel.js';
import type { Admissions } from '../outbox/admissions.js';
import type { DrainDeps } from '../outbox/deps.js';
import { drainInTurnOnce, drainOnce } from '../outbox/drain.js';
import { createLoop, type Loop } from '../outbox/loop.js';
import { sweepCounts, sweepEditedHolds, sweepOldGenerations, sweepOverdue, sweepStorage } from '../outbox/sweeps.js';
import { keepSizes } from '../segments/keepSizes.js';
import { createCampaignIndexCache } from '../stream/campaignIndex.js';
import { finishPeople } from '../stream/people/finishPeople.js';
import { followAddresses } from '../stream/people/followAddresses.js';
import type { WorkerDeps } from './workerDeps.js';

/** Polling delivers; wake-ups only make it prompt. */
const DRAIN_PAUSE_MS = 1_000;
const OLD_GENERATIONS_PAUSE_MS = 5_000;
const EDITED_HOLDS_PAUSE_MS = 2_000;
const OVERDUE_PAUSE_MS = 30_000;
const UNFINISHED_PAUSE_MS = 2_000;
const COUNTS_PAUSE_MS = 60_000;
const SIZES_PAUSE_MS = 300_000;
const STORAGE_PAUSE_MS = 3_600_000;

/** The loops that a worker runs beside its activities; `wake` looks at the outbox now. */
export function createLoops(
  deps: Pick<WorkerDeps, 'pool' | 'clock' | 'logger' | 'config'>,
  given: Pick<DrainDeps, 'pool' | 'client' | 'taskQueue'> & {
    readonly channels: Channels;
    readonly admissions: Admissions;
  },
): { wake(): void; readonly all: readonly Loop[] } {
  const { pool, clock, logger, config } = deps;
  const sweep = { pool, clock };
  const stream = { workspace: config.workspace, campaigns: createCampaignIndexCache() };
  const onError = (name: string, error: unknown) =>
    logger.error({ err: error, loop: name }, 'a round failed, trying again');
  const drainDeps: Omit<DrainDeps, 'admission'> = {
    pool: given.pool,
    client: given.client,
    taskQueue: given.taskQueue,
    clock,
    workspace: config.workspace,
    publicUrl: config.http.publicUrl,
    isKeyed: (channel, content) => given.channels[channel].isKeyed(content),
    onGone: (row) => logger.warn({ target: row.target, kind: row.kind }, 'an outbox row whose subject is gone'),
  };
  const { due, inTurn } = given.admissions;
  const dueFirst = { ...drainDeps, admission: due, done: [] };
  const lookAgainIn = (ms: number) => setTimeout(() => turns.wake(), ms).unref();
  const lane = { ...drainDeps, admission: inTurn, due, from: 0, lookAgainIn };
  const drain = { pauseMs: DRAIN_PAUSE_MS, onError };
  const turns = createLoop({ ...drain, name: 'campaigns in turn', runOnce: () => drainInTurnOnce(lane) });
  const drains = [createLoop({ ...drain, name: 'outbox', runOnce: () => drainOnce(dueFirst) }), turns];
  const sweeps = [
    { name: 'overdue', pauseMs: OVERDUE_PAUSE_MS, runOnce: () => sweepOverdue(sweep) },
    { name: 'old generations', pauseMs: OLD_GENERATIONS_PAUSE_MS, runOnce: () => sweepOldGenerations(sweep) },
    { name: 'edited holds', pauseMs: EDITED_HOLDS_PAUSE_MS, runOnce: () => sweepEditedHolds(sweep) },
    { name: 'unfinished', pauseMs: UNFINISHED_PAUSE_MS, runOnce: () => finishPeople({ ...sweep, stream }) },
    { name: 'addresses', pauseMs: UNFINISHED_PAUSE_MS, runOnce: () => followAddresses({ ...sweep, stream }) },
    { name: 'counts', pauseMs: COUNTS_PAUSE_MS, runOnce: () => sweepCounts(sweep) },
    {
      name: 'sizes of segments',
      pauseMs: SIZES_PAUSE_MS,
      runOnce: () => keepSizes({ ...sweep, workspace: stream.workspace }),
    },
    { name: 'storage', pauseMs: STORAGE_PAUSE_MS, runOnce: () => sweepStorage(sweep) },
  ].map((options) => createLoop({ ...options, onError }));
  return {
    wake: () => {
      for (const loop of drains) loop.wake();
    },
    all: [...drains, ...sweeps],
  };
}
