/** Composition root of the API: an HTTP server around `createApp`. Stateless: any number may run side by side. */
import { createApp } from './api/app.js';
import type { DevAccess } from './api/deps.js';
import { Refusals } from './api/middleware/refusals.js';
import { temporalLinks } from './api/temporalLinks.js';
import { createContentRules } from './composition/channels.js';
import { type RunningServer, serveHttp } from './composition/httpServer.js';
import type { Config } from './config/config.js';
import { createSecretCipher } from './domain/secret/secretCipher.js';
import type { Pool } from './storage/pool.js';
import { createCampaignIndexCache } from './stream/campaignIndex.js';
import { createCatalogue } from './stream/catalogue/catalogue.js';
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

export async function startServer(deps: ServerDeps): Promise<RunningServer> {
  const { config, pool, clock, logger, metrics, templates, wakeOutbox, devAccess } = deps;
  const refusals = new Refusals({ pool, clock, logger });
  const catalogue = createCatalogue({
    pool,
    onError: (error) => logger.warn({ err: error }, 'names that were seen are not told'),
  });
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
    catalogue,
    wakeOutbox,
    links: { inboxUrl: deps.inboxUrl, ...temporalLinks(config.temporal) },
    devAccess,
    trustedProxies: config.http.trustedProxies,
  });
  const server = await serveHttp(app, { ...config.http, graceMs: config.shutdownGraceMs });
  return {
    async stop() {
      await server.stop();
      await refusals.flush();
      await catalogue.tell().catch(() => undefined);
    },
  };
}
