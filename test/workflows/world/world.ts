/**
 * A whole Rappel in one process for scenario tests: the HTTP API, real PostgreSQL, a real SMTP server, a real
 * webhook receiver, and a real Temporal worker on the time-skipping server, whose clock is everybody's (or on the
 * dev server, where time cannot be skipped, for what only a whole server does).
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Runtime, Worker } from '@temporalio/worker';
import type { Express } from 'express';
import { Receivers } from '../../../activities/holding/receivers.js';
import { createApp } from '../../../api/app.js';
import type { Channel } from '../../../channels/channel.js';
import { createEmailChannel } from '../../../channels/email/emailChannel.js';
import { type ScriptedSmtp, startScriptedSmtp } from '../../../channels/email/scriptedSmtp.js';
import { createSecretValues } from '../../../channels/secretValues.js';
import { type ScriptedHttp, startScriptedHttp } from '../../../channels/webhook/scriptedHttp.js';
import { createWebhookChannel } from '../../../channels/webhook/webhookChannel.js';
import { createContentRules } from '../../../composition/channels.js';
import { createLoops } from '../../../composition/loops.js';
import { workerOptions } from '../../../composition/workerOptions.js';
import { type Config, loadConfig } from '../../../config/config.js';
import { generateApiKey, KEY_RANDOM_BYTES, SCOPES } from '../../../domain/apiKey.js';
import { createSecretCipher } from '../../../domain/secret/secretCipher.js';
import { createAdmissions } from '../../../outbox/admissions.js';
import { insertApiKey } from '../../../storage/queries/operations/insertApiKey.js';
import { ensurePartitions } from '../../../storage/queries/operations/maintenance.js';
import { loadSecrets } from '../../../storage/queries/secrets/secrets.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { createLogger } from '../../../telemetry/logger.js';
import { createMetrics } from '../../../telemetry/metrics.js';
import { createTemporalLogger } from '../../../telemetry/temporalLogger.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { createTestDatabase, type TestDatabase } from '../../setup/database.js';

export interface World {
  readonly app: Express;
  readonly key: string;
  readonly database: TestDatabase;
  readonly env: TestWorkflowEnvironment;
  /** Without the environment's habit of skipping ahead while a result is awaited. */
  readonly client: Client;
  readonly smtp: ScriptedSmtp;
  readonly http: ScriptedHttp;
  /** The e-mail channel speaks to this mail server from now on, as after a restart with another SMTP_URL. */
  useMailServer(smtpUrl: string): Promise<void>;
  /** Runs `work` while no worker is there; its Temporal server, API and outbox go on. */
  withoutWorker(work: () => Promise<void>): Promise<void>;
  /** The lines of its log: JSON, from `info` on. */
  readonly logged: readonly string[];
  /** The server's clock, epoch ms. */
  now(): Promise<number>;
  /** Moves time to the instant, stopping at each instant something is due and letting it finish there. */
  advanceTo(instant: number): Promise<void>;
  /** Waits until everything due by now has happened. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** A file for the state of a Temporal dev server, used instead of the time-skipping one. */
  readonly devServerFile?: string;
  readonly maxCachedWorkflows?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const SETTLE_DEADLINE_MS = 25_000;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const logged: string[] = [];
  const printed = process.env.LOG_LEVEL === undefined ? null : process.stdout;
  const logger = createLogger(
    { level: process.env.LOG_LEVEL ?? 'info', format: 'json' },
    {
      write: (line: string) => {
        logged.push(line);
        printed?.write(line);
      },
    },
  );
  Runtime.install({ logger: createTemporalLogger(logger), shutdownSignals: [] });
  const database = await createTestDatabase();
  const env = await startServer(options.devServerFile);
  const smtp = await startScriptedSmtp();
  const http = await startScriptedHttp();
  const now = () => env.currentTimeMs();
  const config: Config = loadConfig({
    DATABASE_URL: database.url,
    SMTP_URL: smtp.smtpUrl,
    WEBHOOK_SIGNING_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    WEBHOOK_ALLOW_HOSTS: http.host,
    WORKER_MAX_CACHED_WORKFLOWS: String(options.maxCachedWorkflows ?? 100),
    WORKFLOW_BUNDLE: required('RAPPEL_TEST_WORKFLOW_BUNDLE'),
    ...options.environment,
  });
  const email = createMovableChannel((smtpUrl) =>
    createEmailChannel({ smtpUrl, from: config.email.from, onAmbiguous: config.email.onAmbiguous }),
  );
  await email.moveTo(smtp.smtpUrl);
  const cipher = createSecretCipher(config.secretKeys);
  const secrets = createSecretValues({ cipher, load: (names) => loadSecrets(database.pool, names) });
  const channels = { email: email.channel, webhook: createWebhookChannel({ ...config.webhook, secrets }) };
  const templates = createTemplates();
  const metrics = createMetrics();
  const receivers = new Receivers({ slots: config.worker.maxConcurrentActivities });
  const deps = { config, pool: database.pool, clock: now, logger, metrics, templates, receivers };
  await ensurePartitions(database.pool, await now());

  const taskQueue = config.temporal.taskQueue;
  const admissions = createAdmissions(database.pool);
  const startWorker = async () => {
    const worker = await Worker.create({
      ...workerOptions(deps, channels, admissions),
      connection: env.nativeConnection,
      taskQueue,
    });
    const running = worker.run();
    return {
      async stop() {
        worker.shutdown();
        await running;
      },
    };
  };
  let worker = await startWorker();
  // The connection of the worker, as in production: only there can a start come back with its first task.
  const starter = new Client({ connection: env.nativeConnection });
  const loops = createLoops(deps, { pool: database.pool, client: starter, taskQueue, channels, admissions });
  for (const loop of loops.all) loop.start();
  const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
  await insertApiKey(database.pool, { name: 'test', prefix, hash, scopes: SCOPES });
  const app = createApp({
    pool: database.pool,
    clock: now,
    stream: { workspace: config.workspace, campaigns: createCampaignIndexCache() },
    templates,
    checkContent: createContentRules({ allowHosts: config.webhook.allowHosts }),
    secrets: cipher,
    logger,
    metrics,
    catalogue: null,
    wakeOutbox: () => loops.wake(),
    links: { inboxUrl: null, temporalUiUrl: null, workflowUrl: () => null, waitingUrl: () => null },
    devAccess: null,
    trustedProxies: [],
  });

  async function openCount(): Promise<{ due: number; next: number | null }> {
    const { rows } = await database.pool.query<{ due: number; next: number | null }>(
      `select
         (select count(*) from outbox)
         + count(*) filter (where wake_at <= $1::timestamptz) as due,
         min(wake_at) as next
       from pairings where state in ('waiting', 'sending')`,
      [new Date(await now()).toISOString()],
    );
    return rows[0] ?? { due: 0, next: null };
  }

  async function settle(): Promise<void> {
    const deadline = Date.now() + SETTLE_DEADLINE_MS;
    for (;;) {
      const { due } = await openCount();
      if (due === 0) return;
      if (Date.now() > deadline) throw new Error(`still ${due} things to happen: ${await describeOpen(database)}`);
      await wait(20);
    }
  }

  return {
    app,
    key,
    database,
    env,
    client: new Client({ connection: env.connection }),
    logged,
    smtp,
    http,
    useMailServer: email.moveTo,
    async withoutWorker(work) {
      await worker.stop();
      await work();
      worker = await startWorker();
    },
    now,
    settle,
    async advanceTo(instant) {
      for (;;) {
        await settle();
        const { next } = await openCount();
        const current = await now();
        const target = Math.min(instant, next ?? instant);
        if (current >= instant) return;
        await env.sleep(Math.max(target - current, 1));
      }
    },
    async stop() {
      await Promise.all(loops.all.map((loop) => loop.stop()));
      await worker.stop();
      await env.teardown();
      await templates.close();
      await Promise.all([channels.email.close(), channels.webhook.close()]);
      await smtp.stop();
      await http.stop();
      await database.drop();
    },
  };
}

async function startServer(devServerFile: string | undefined): Promise<TestWorkflowEnvironment> {
  if (devServerFile === undefined) {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: required('RAPPEL_TEST_TIME_SKIPPING_SERVER') } },
    });
  }
  const executable = { type: 'existing-path' as const, path: required('RAPPEL_TEST_DEV_SERVER') };
  return await TestWorkflowEnvironment.createLocal({ server: { executable, dbFilename: devServerFile, ui: false } });
}

/** The real channel, which may be replaced by one with other settings while the world runs. */
function createMovableChannel(create: (smtpUrl: string) => Channel) {
  let current: Channel | null = null;
  const now = (): Channel => {
    if (current === null) throw new Error('the channel has no mail server yet');
    return current;
  };
  return {
    async moveTo(smtpUrl: string) {
      const previous = current;
      current = create(smtpUrl);
      await previous?.close();
    },
    channel: {
      name: 'email',
      get timeoutMs() {
        return now().timeoutMs;
      },
      get maxRefusals() {
        return now().maxRefusals;
      },
      get onAmbiguous() {
        return now().onAmbiguous;
      },
      isKeyed: (content) => now().isKeyed(content),
      structure: (content) => now().structure(content),
      lacks: (request) => now().lacks(request),
      receiver: (request) => now().receiver(request),
      prepare: (content, profile, sendKey) => now().prepare(content, profile, sendKey),
      send: (request, options) => now().send(request, options),
      check: () => now().check(),
      close: () => now().close(),
    } satisfies Channel,
  };
}

async function describeOpen({ pool }: TestDatabase): Promise<string> {
  const { rows } = await pool.query(
    `select p.id, p.state, p.wake_at, o.kind, o.last_error
     from pairings p left join outbox o on o.target = 'pairing' and o.target_id = p.id
     where p.state in ('waiting', 'sending') or o.id is not null limit 5`,
  );
  return JSON.stringify(rows);
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests through jest`);
  return value;
}
