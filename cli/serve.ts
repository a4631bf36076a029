// `rappel serve api` and `rappel serve worker`: one process each, until a signal asks it to stop.
import { createServer, type Server } from 'node:http';
import { Receivers } from '../activities/holding/receivers.js';
import { type Config, configWarnings, settingsOf } from '../config/config.js';
import { createNotifier } from '../outbox/wakeUp.js';
import { startServer } from '../server.js';
import { createPool, type Pool } from '../storage/pool.js';
import { campaignPeople } from '../storage/queries/counts/campaignCounts.js';
import { outboxDepth } from '../storage/queries/outbox/outboxRows.js';
import { systemClock } from '../telemetry/clock.js';
import { armFailpoint } from '../telemetry/failpoints.js';
import { createLogger, type Logger } from '../telemetry/logger.js';
import { createMetrics, type Metrics } from '../telemetry/metrics.js';
import { createTemplates } from '../templates/liquidTemplates.js';
import { startWorker } from '../worker.js';
import { auditSettings } from './settingsAudit.js';

export async function serveApi(config: Config): Promise<void> {
  const parts = createParts(config, 'rappel-api');
  const ending = auditStart(parts, 'rappel-api');
  const { pool, logger, templates } = parts;
  for (const warning of configWarnings()) logger.warn(warning);
  const wakeOutbox = createNotifier(pool);
  const server = await startServer({ ...parts, wakeOutbox, inboxUrl: null, devAccess: null });
  logger.info({ host: config.http.host, port: config.http.port }, 'the API listens');
  await stopSignal();
  logger.info('stopping');
  ending.abort();
  await server.stop();
  await templates.close();
  await pool.end();
}

export async function serveWorker(config: Config): Promise<void> {
  const parts = createParts(config, 'rappel-worker');
  const ending = auditStart(parts, 'rappel-worker');
  const { pool, logger, templates } = parts;
  for (const warning of configWarnings()) logger.warn(warning);
  const worker = await startWorker(parts);
  const endpoints = await listenForProbes(config, parts);
  logger.info({ taskQueue: config.temporal.taskQueue }, 'the worker runs');
  // A worker that fails ends the process, so that whatever supervises it starts another.
  await Promise.race([stopSignal(), worker.finished]);
  logger.info('stopping');
  ending.abort();
  endpoints.close();
  endpoints.closeAllConnections();
  await worker.stop();
  await templates.close();
  await pool.end();
}

export function createParts(config: Config, applicationName: string) {
  armFailpoint(config.crashAt);
  const { url, poolSize } = config.database;
  const pool = createPool({ connectionString: url, max: poolSize, applicationName });
  const templates = createTemplates();
  const receivers = new Receivers({ slots: config.worker.maxConcurrentActivities });
  return {
    config,
    pool,
    clock: systemClock,
    logger: createLogger(config.log),
    metrics: createMetrics({
      outboxDepth: () => outboxDepth(pool),
      campaignPeople: () => campaignPeople(pool),
      receiversPaused: () => receivers.paused,
      templatesResting: () => templates.resting(),
    }),
    templates,
    receivers,
  };
}

/** Until it is told to end. */
export function auditStart(parts: Parameters<typeof auditSettings>[0], process: string): AbortController {
  const ending = new AbortController();
  auditSettings(parts, { process, settings: settingsOf() }, ending.signal);
  return ending;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** What a worker says of itself, for health checks and Prometheus; nothing personal, and not for the world outside. */
async function listenForProbes(
  { http, metrics: isMetered }: Config,
  { pool, metrics, logger }: { readonly pool: Pool; readonly metrics: Metrics; readonly logger: Logger },
): Promise<Server> {
  const answer = async (path: string | undefined): Promise<{ status: number; body: string }> => {
    if (path === '/healthz') {
      await pool.query('select 1');
      return { status: 200, body: 'ok' };
    }
    if (path === '/metrics' && isMetered) return { status: 200, body: await metrics.registry.metrics() };
    return { status: 404, body: 'not found' };
  };
  const server = createServer((request, response) => {
    answer(request.url).then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body),
      (error: unknown) => {
        logger.error({ err: error }, 'a probe failed');
        response.writeHead(503).end('unavailable');
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(http.port, http.host, resolve);
  });
  return server;
}
