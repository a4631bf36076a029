// Who is counted and how: probes not at all, callers without a valid key by their address before the database is asked.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { createApp } from '../../../api/app.js';
import { STRANGER_LIMIT } from '../../../api/middleware/rateLimit.js';
import { generateApiKey, KEY_RANDOM_BYTES } from '../../../domain/apiKey.js';
import { revokeApiKey } from '../../../storage/queries/operations/revokeApiKey.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
const servers: Server[] = [];

beforeAll(async () => {
  api = await startTestApi();
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
afterAll(() => api.close());

/** Of an application with counters of its own, on a socket: many requests need no server each. */
async function serve(app: Express): Promise<(path: string, headers?: Record<string, string>) => Promise<Response>> {
  const server = createServer(app).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async (path, headers = {}) => {
    const answer = await fetch(home + path, { headers });
    await answer.arrayBuffer();
    return answer;
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The statements of that name that PostgreSQL is asked from now on. */
function statements(name: string): () => number {
  const query = jest.spyOn(api.database.pool, 'query');
  return () => query.mock.calls.filter(([asked]) => (asked as { name?: string }).name === name).length;
}

const unknownKey = () => `Bearer ${generateApiKey(randomBytes(KEY_RANDOM_BYTES)).key}`;

describe('M10: probes', () => {
  test.each(['/healthz', '/readyz'])('%s is not counted', async (path) => {
    const ask = await serve(createApp(api.deps));
    const remaining = async () => Number((await ask('/openapi.json')).headers.get('x-ratelimit-remaining'));
    const before = await remaining();
    for (let n = 0; n < 20; n++) {
      const { status, headers } = await ask(path);
      expect([status, headers.get('x-ratelimit-limit')]).toEqual([200, null]);
    }
    expect(await remaining()).toBe(before - 1);
  });

  test('those that come while one asks the database share its answer: what is not limited must not flood it', async () => {
    const ask = await serve(createApp(api.deps));
    const { promise: held, resolve: release } = deferred();
    const real = api.database.pool.query.bind(api.database.pool) as (...words: unknown[]) => unknown;
    const query = jest.spyOn(api.database.pool, 'query') as jest.SpyInstance;
    query.mockImplementation(async (...words: unknown[]) => {
      await held;
      return await real(...words);
    });
    let arrived = 0;
    const allArrived = new Promise<void>((resolve) => servers[0]?.on('request', () => ++arrived === 50 && resolve()));
    const answers = Array.from({ length: 50 }, () => ask('/readyz'));
    await allArrived;
    release();
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(query).toHaveBeenCalledTimes(1);
  });
});

describe('M10: X-Forwarded-For', () => {
  const spoofed = { 'x-forwarded-for': '203.0.113.9' };

  /** How much is left of the peer's own count, after a request under another address. */
  async function leftAfter(trustedProxies: readonly string[]): Promise<number> {
    const ask = await serve(createApp({ ...api.deps, trustedProxies }));
    const left = async (headers = {}) =>
      Number((await ask('/openapi.json', headers)).headers.get('x-ratelimit-remaining'));
    const before = await left();
    await left(spoofed);
    return before - (await left());
  }

  /** Whom the log names for one such request: its line is written when the answer is closed. */
  async function logged(trustedProxies: readonly string[], forwarded: string): Promise<unknown> {
    const before = api.logLines.length;
    const ask = await serve(createApp({ ...api.deps, trustedProxies }));
    await ask('/openapi.json', { 'x-forwarded-for': forwarded });
    while (api.logLines.length === before) await new Promise((resolve) => setImmediate(resolve));
    return (JSON.parse(api.logLines[before] ?? '{}') as { req: { client: unknown } }).req.client;
  }

  test('of a peer that is not trusted is ignored, in the limits and in the log', async () => {
    expect(await leftAfter([])).toBe(2);
    expect(await leftAfter(['192.0.2.0/24'])).toBe(2);
    expect(await logged([], '203.0.113.9')).toBe('127.0.0.1');
  });

  test('of a trusted proxy says who asks, in the limits and in the log', async () => {
    expect(await leftAfter(['127.0.0.0/8'])).toBe(1);
    expect(await logged(['127.0.0.1'], '198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
  });
});

describe('M10: who sends no valid key', () => {
  /** More than two windows allow: one may end meanwhile. */
  const MANY = 2 * STRANGER_LIMIT.limit + 100;

  async function flood(ask: Awaited<ReturnType<typeof serve>>, headers: () => Record<string, string>) {
    const answers: Response[] = [];
    for (let n = 0; n < MANY; n += 50) {
      answers.push(...(await Promise.all(Array.from({ length: 50 }, () => ask('/v1/campaigns', headers())))));
    }
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    return { answers, unauthenticated: count(401), refused: answers.filter(({ status }) => status === 429) };
  }

  test('is counted by address before PostgreSQL is asked, and told when to come back; keys that are known go on', async () => {
    const ask = await serve(createApp({ ...api.deps, trustedProxies: ['127.0.0.1'] }));
    const known = { authorization: await api.bearer() };
    expect((await ask('/v1/campaigns', known)).status).toBe(200);
    const lookups = statements('find_api_key');
    const { answers, unauthenticated, refused } = await flood(ask, () => ({ authorization: unknownKey() }));
    expect(unauthenticated + refused.length).toBe(answers.length);
    expect(unauthenticated).toBeLessThanOrEqual(2 * STRANGER_LIMIT.limit);
    expect(lookups()).toBe(unauthenticated);
    for (const { headers } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(STRANGER_LIMIT.windowMs / 1_000);
    }
    expect((await ask('/v1/campaigns', known)).status).toBe(200);
    // A key of another address, known or not, is looked up; and probes are answered.
    const elsewhere = { authorization: await api.bearer(), 'x-forwarded-for': '203.0.113.9' };
    expect((await ask('/v1/campaigns', elsewhere)).status).toBe(200);
    expect([(await ask('/healthz')).status, (await ask('/readyz')).status]).toEqual([200, 200]);
  });

  test.each([
    ['no key', () => ({})],
    ['what is no key', () => ({ authorization: 'Bearer x' })],
    ['a known key with another secret', null],
  ])('%s: counted as well', async (_what, headers) => {
    const ask = await serve(createApp(api.deps));
    const known = await api.bearer();
    expect((await ask('/v1/campaigns', { authorization: known })).status).toBe(200);
    const forged = () => ({
      authorization: `${known.slice(0, 'Bearer rpl_12345678_'.length)}${randomBytes(32).toString('base64url')}`,
    });
    const lookups = statements('find_api_key');
    const { unauthenticated, refused } = await flood(ask, headers ?? forged);
    expect(refused.length).toBeGreaterThanOrEqual(100);
    expect(lookups()).toBe(headers === null ? unauthenticated : 0);
  });

  test('many at once with one key that is not known yet cost nobody anything, and one statement', async () => {
    const ask = await serve(createApp(api.deps));
    const headers = { authorization: await api.bearer() };
    const lookups = statements('find_api_key');
    const answers = await Promise.all(Array.from({ length: MANY }, () => ask('/v1/campaigns', headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(lookups()).toBeLessThan(MANY);
    const left = (await ask('/v1/campaigns')).headers.get('x-ratelimit-remaining');
    expect(Number(left)).toBe(STRANGER_LIMIT.limit - 1);
  });

  test('a key that is revoked is refused from the next request on, and is then a stranger’s', async () => {
    const ask = await serve(createApp(api.deps));
    const authorization = await api.bearer();
    expect((await ask('/v1/campaigns', { authorization })).status).toBe(200);
    await revokeApiKey(
      api.database.pool,
      authorization.slice('Bearer '.length, 'Bearer rpl_12345678'.length),
      new Date().toISOString(),
    );
    expect((await ask('/v1/campaigns', { authorization })).status).toBe(401);
    const { refused } = await flood(ask, () => ({ authorization }));
    expect(refused.length).toBeGreaterThanOrEqual(99);
  });
});
