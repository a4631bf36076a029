// The API as the tests of it use it: the real application on a database of its own, with keys and a clock to set.
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import { pino } from 'pino';
import { createApp } from '../../api/app.js';
import type { ApiDeps } from '../../api/deps.js';
import { temporalLinks } from '../../api/temporalLinks.js';
import { createContentRules } from '../../composition/channels.js';
import { generateApiKey, KEY_RANDOM_BYTES, SCOPES, type Scope } from '../../domain/apiKey.js';
import { createSecretCipher } from '../../domain/secret/secretCipher.js';
import { DEFAULT_WORKSPACE } from '../../domain/workspace.js';
import { insertApiKey } from '../../storage/queries/operations/insertApiKey.js';
import { createCampaignIndexCache } from '../../stream/campaignIndex.js';
import { createMetrics } from '../../telemetry/metrics.js';
import type { Templates } from '../../templates/templates.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export interface TestApi {
  readonly app: Express;
  readonly database: TestDatabase;
  readonly deps: ApiDeps;
  /** What the API wrote to its log, one JSON text a line. */
  readonly logLines: readonly string[];
  /** How often the outbox was woken. */
  readonly wakes: { count: number };
  /** Epoch ms that the API takes as now. */
  readonly clock: { now: number };
  /** An Authorization header with these scopes (all of them by default). */
  bearer(...scopes: readonly Scope[]): Promise<string>;
  close(): Promise<void>;
}

/** Accepts every template but those holding `{% broken`. */
const templates: Templates = {
  render: () => Promise.reject(new Error('the API renders nothing')),
  check: async (content) =>
    Object.entries(content).flatMap(([path, text]) =>
      typeof text === 'string' && text.includes('{% broken') ? [{ path, message: 'unknown tag: broken' }] : [],
    ),
  doubts: () => Promise.resolve([]),
  resting: () => 0,
  close: () => Promise.resolve(),
};

export async function startTestApi(overrides: Partial<ApiDeps> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const logLines: string[] = [];
  const wakes = { count: 0 };
  const clock = { now: Date.now() };
  const deps: ApiDeps = {
    pool: database.pool,
    clock: () => Promise.resolve(clock.now),
    stream: { workspace: DEFAULT_WORKSPACE, campaigns: createCampaignIndexCache() },
    templates,
    checkContent: createContentRules({ allowHosts: [] }),
    secrets: createSecretCipher([{ id: 'k1', key: randomBytes(32) }]),
    logger: pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) }),
    metrics: createMetrics(),
    catalogue: null,
    wakeOutbox: () => {
      wakes.count += 1;
    },
    links: {
      inboxUrl: 'http://localhost:8025',
      ...temporalLinks({ uiUrl: 'http://localhost:8233', namespace: 'default' }),
    },
    devAccess: null,
    trustedProxies: [],
    ...overrides,
  };
  return {
    app: createApp(deps),
    database,
    deps,
    logLines,
    wakes,
    clock,
    bearer: async (...scopes) => {
      const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
      const granted = scopes.length === 0 ? SCOPES : scopes;
      await insertApiKey(database.pool, { name: 'test', prefix, hash, scopes: granted });
      return `Bearer ${key}`;
    },
    close: () => database.drop(),
  };
}
