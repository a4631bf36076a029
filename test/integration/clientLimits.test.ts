// Who is counted and how: probes not at all, callers without a valid key by their address before the database is asked.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { createApp } from '../../api/app.js';
import { startTestApi, type TestApi } from '../setup/api.js';

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
