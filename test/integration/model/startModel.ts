// The product that the model is compared with: one database, the app and the stream, on a clock that the run sets.

import { randomBytes } from 'node:crypto';
import { createApp } from '../../../api/app.js';
import { createContentRules } from '../../../composition/channels.js';
import { generateApiKey, KEY_RANDOM_BYTES, SCOPES } from '../../../domain/apiKey.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { insertApiKey } from '../../../storage/queries/operations/insertApiKey.js';
import { createCampaignIndexCache } from '../../../stream/campaignIndex.js';
import { createLogger } from '../../../telemetry/logger.js';
import { createMetrics } from '../../../telemetry/metrics.js';
import { createTestDatabase } from '../../setup/database.js';
import { modelTemplates, type RealDeps } from './realRun.js';

export interface Model extends RealDeps {
  stop(): Promise<void>;
}

export async function startModel(): Promise<Model> {
  const database = await createTestDatabase();
  const { pool } = database;
  const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
  await insertApiKey(pool, { name: 'model', prefix, hash, scopes: SCOPES });
  const time = { now: 0 };
  const stream = { workspace: DEFAULT_WORKSPACE, campaigns: createCampaignIndexCache() };
  const app = createApp({
    pool,
    clock: () => Promise.resolve(time.now),
    stream,
    templates: modelTemplates,
    checkContent: createContentRules({ allowHosts: [] }),
    secrets: null,
    logger: createLogger({ level: 'silent', format: 'json' }),
    metrics: createMetrics(),
    catalogue: null,
    wakeOutbox: () => undefined,
    links: { inboxUrl: null, temporalUiUrl: null, workflowUrl: () => null, waitingUrl: () => null },
    devAccess: null,
    trustedProxies: [],
  });
  return {
    pool,
    stream,
    time,
    app,
    key,
    async stop() {
      await modelTemplates.close();
      await database.drop();
    },
  };
}
