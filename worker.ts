/**
 * Composition root of a worker: executes deliveries, drains the outbox and sweeps. Any number may run side by side.
 */
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { About, DeliveryObserver } from './activities/deps.js';
import { heartbeats } from './activities/heartbeats.js';
import { createActivities } from './activities/index.js';
import type { Receivers } from './activities/receivers.js';
import type { Channels } from './channels/channel.js';
import { createEmailChannel } from './channels/email/emailChannel.js';
import { createSecretValues } from './channels/secretValues.js';
import { createUnconfiguredChannel } from './channels/unconfiguredChannel.js';
import { createWebhookChannel } from './channels/webhook/webhookChannel.js';
import { type Config, ConfigError } from './config/config.js';
import { createSecretCipher } from './domain/secret/secretCipher.js';
import { Admission } from './outbox/admission.js';
import type { DrainDeps } from './outbox/deps.js';
import { drainInTurnOnce, drainOnce } from './outbox/drain.js';
import { createLoop, type Loop } from './outbox/loop.js';
import { sweepCounts, sweepEditedHolds, sweepOldGenerations, sweepOverdue, sweepStorage } from './outbox/sweeps.js';
import type { Pool } from './storage/pool.js';
import { selectTakenUp } from './storage/queries/pairings/selectTakenUp.js';
import { loadSecrets } from './storage/queries/secrets/secrets.js';
import { listenForWakeUps } from './storage/wakeUps.js';
import { createCampaignIndexCache } from './stream/campaignIndex.js';
import { finishPeople } from './stream/finishPeople.js';
import { followAddresses } from './stream/followAddresses.js';
import type { Clock } from './telemetry/clock.js';
import type { Logger } from './telemetry/logger.js';
import type { Metrics } from './telemetry/metrics.js';
import { createTemporalLogger } from './telemetry/temporalLogger.js';
import type { Templates } from './templates/templates.js';

export interface WorkerDeps {
  readonly config: Config;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly templates: Templates;
  readonly receivers: Receivers;
}

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

async function connectToTemporal({ temporal }: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({
      address: temporal.address,
      tls: temporal.tls,
      ...(temporal.apiKey === null ? {} : { apiKey: temporal.apiKey }),
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The connector shows its error as Rust does, with the words of the system within.
    const why = /message: "([^"]+)"/.exec(text)?.[1] ?? text;
    throw new ConfigError([
      `No Temporal server answers at ${temporal.address} (${why}): start it, or set TEMPORAL_ADDRESS`,
    ]);
  }
}

export function createChannels({ email, webhook, secretKeys }: Config, pool: Pool): Channels {
  const secrets = createSecretValues({
    cipher: createSecretCipher(secretKeys),
    load: (names) => loadSecrets(pool, names),
  });
  return {
    email:
      email.smtpUrl === null
        ? createUnconfiguredChannel('email', 'SMTP_URL')
        : createEmailChannel({ ...email, smtpUrl: email.smtpUrl }),
    webhook:
      webhook.signingSecrets.length === 0
        ? createUnconfiguredChannel('webhook', 'WEBHOOK_SIGNING_SECRET')
        : createWebhookChannel({ ...webhook, secrets }),
  };
}

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
      observe: createObserver(deps, admissions),
    }),
    ...(worker.workflowBundle === null
      ? { workflowsPath: require.resolve('./workflows') }
      : { workflowBundle: { codePath: worker.workflowBundle } }),
    interceptors: { activity: [heartbeats] },
    maxCachedWorkflows: worker.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: worker.maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: worker.maxConcurrentActivities,
    shutdownGraceTime: config.shutdownGraceMs,
  };
}

/** Of those due first, and of those of campaigns that take turns. */
export interface Admissions {
  readonly due: Admission;
  readonly inTurn: Admission;
}

export function createAdmissions(pool: Pool): Admissions {
  const takenUp = (pairingIds: readonly number[]) => selectTakenUp(pool, pairingIds);
  return { due: new Admission({ takenUp }), inTurn: new Admission({ takenUp }) };
}

function createObserver({ logger, metrics }: WorkerDeps, admissions: Admissions): DeliveryObserver {
  return {
    began: (pairingId) => {
      admissions.due.began(pairingId);
      admissions.inTurn.began(pairingId);
    },
    ended({ outcome, reason, ...subject }) {
      metrics.outcomes.inc({ outcome, reason });
      logger.info({ ...named(subject), reason }, outcome);
    },
    sent({ channel, lateMs, ...subject }) {
      metrics.sendLateness.observe({ channel }, Math.max(0, lateMs) / 1_000);
      logger.debug({ ...named(subject), channel, lateMs }, 'accepted by the provider');
    },
    warned({ what, code, error, ...subject }) {
      logger.warn({ ...named(subject), code, ...(error === undefined ? {} : { err: error }) }, what);
    },
  };
}

/** As every log line about a delivery names it: the campaign's key, the person's internal id, the pairing's. */
function named({ campaign, userId, pairingId }: About) {
  return { campaign, user: userId, pairing: pairingId };
}

/** Polling delivers; wake-ups only make it prompt. */
const DRAIN_PAUSE_MS = 1_000;
const OLD_GENERATIONS_PAUSE_MS = 5_000;
const EDITED_HOLDS_PAUSE_MS = 2_000;
const OVERDUE_PAUSE_MS = 30_000;
const UNFINISHED_PAUSE_MS = 2_000;
const COUNTS_PAUSE_MS = 60_000;
const STORAGE_PAUSE_MS = 3_600_000;

export function createLoops(
  deps: Pick<WorkerDeps, 'pool' | 'clock' | 'logger' | 'config'>,
  drain: Pick<DrainDeps, 'pool' | 'client' | 'taskQueue'> & {
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
    pool: drain.pool,
    client: drain.client,
    taskQueue: drain.taskQueue,
    clock,
    workspace: config.workspace,
    publicUrl: config.http.publicUrl,
    isKeyed: (channel, content) => drain.channels[channel].isKeyed(content),
    onGone: (row) => logger.warn({ target: row.target, kind: row.kind }, 'an outbox row whose subject is gone'),
  };
  const { due, inTurn } = drain.admissions;
  const lane = { ...drainDeps, admission: inTurn, due, from: 0 };
  const drains = [
    { name: 'outbox', runOnce: () => drainOnce({ ...drainDeps, admission: due }) },
    { name: 'campaigns in turn', runOnce: () => drainInTurnOnce(lane) },
  ].map((options) => createLoop({ ...options, pauseMs: DRAIN_PAUSE_MS, onError }));
  const sweeps = [
    { name: 'overdue', pauseMs: OVERDUE_PAUSE_MS, runOnce: () => sweepOverdue(sweep) },
    { name: 'old generations', pauseMs: OLD_GENERATIONS_PAUSE_MS, runOnce: () => sweepOldGenerations(sweep) },
    { name: 'edited holds', pauseMs: EDITED_HOLDS_PAUSE_MS, runOnce: () => sweepEditedHolds(sweep) },
    { name: 'unfinished', pauseMs: UNFINISHED_PAUSE_MS, runOnce: () => finishPeople({ ...sweep, stream }) },
    { name: 'addresses', pauseMs: UNFINISHED_PAUSE_MS, runOnce: () => followAddresses({ ...sweep, stream }) },
    { name: 'counts', pauseMs: COUNTS_PAUSE_MS, runOnce: () => sweepCounts(sweep) },
    { name: 'storage', pauseMs: STORAGE_PAUSE_MS, runOnce: () => sweepStorage(sweep) },
  ].map((options) => createLoop({ ...options, onError }));
  return {
    wake: () => {
      for (const loop of drains) loop.wake();
    },
    all: [...drains, ...sweeps],
  };
}
