/** Composition root of the API: an HTTP server around `createApp`. Stateless: any number may run side by side. */
import { createServer, type Server } from 'node:http';
import { createApp } from './api/app.js';
import type { DevAccess } from './api/deps.js';
import { Refusals } from './api/middleware/refusals.js';
import { temporalLinks } from './api/temporalLinks.js';
import { createContentRules } from './channels/contentRules.js';
import { type Config, ConfigError } from './config/config.js';
import { createSecretCipher } from './domain/secret/secretCipher.js';
import type { Pool } from './storage/pool.js';
import { createCampaignIndexCache } from './stream/campaignIndex.js';
import type { Clock } from './telemetry/clock.js';
import type { Logger } from './telemetry/logger.js';
import type { Metrics } from './telemetry/metrics.js';
import type { Templates } from './templates/templates.js';

export interface ServerDeps {
  readonly config: Config;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly templates: Templates;
  readonly wakeOutbox: () => void;
  readonly inboxUrl: string | null;
  readonly devAccess: DevAccess | null;
}

export interface RunningServer {
  stop(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often Node looks for what is past those: at its own 30 s, slow headers would be given up after up to 40 s. */
const LOOK_EVERY_MS = 2_000;

export async function startServer(deps: ServerDeps): Promise<RunningServer> {
  const { config, pool, clock, logger, metrics, templates, wakeOutbox, devAccess } = deps;
  const refusals = new Refusals({ pool, clock, logger });
  const app = createApp({
    pool,
    clock,
    refusals,
    stream: {
      workspace: config.workspace,
      campaigns: createCampaignIndexCache(({ key, error }) =>
        logger.error({ campaign: key, err: error }, 'its stored definition does not compile: it is left out'),
      ),
    },
    templates,
    checkContent: createContentRules({ allowHosts: config.webhook.allowHosts }),
    secrets: createSecretCipher(config.secretKeys),
    logger,
    metrics,
    wakeOutbox,
    links: { inboxUrl: deps.inboxUrl, ...temporalLinks(config.temporal) },
    devAccess,
    trustedProxies: config.http.trustedProxies,
  });
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer({ ...limits, connectionsCheckingInterval: LOOK_EVERY_MS }, app);
  await listen(server, config.http);
  return {
    // Requests under way finish; idle connections do not hold the stop up.
    async stop() {
      await close(server, config.shutdownGraceMs);
      await refusals.flush();
    },
  };
}

async function close(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close((error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
  });
}

async function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new ConfigError([`Port ${port} of ${host} is in use: set PORT to another`]) : error);
    });
    server.listen(port, host, () => resolve());
  });
}
