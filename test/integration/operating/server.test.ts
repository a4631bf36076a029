// The HTTP server itself: what slow callers and large documents cost it.
import { once } from 'node:events';
import { connect } from 'node:net';
import { allRoutes } from '../../../api/allRoutes.js';
import { loadConfig } from '../../../config/config.js';
import { startServer } from '../../../server.js';
import { freePort } from '../../deploy/addresses.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('headers that never end are given up after 10 s, not half a minute', async () => {
  const port = await freePort();
  const config = loadConfig({ DATABASE_URL: api.database.url, PORT: String(port) });
  const server = await startServer({ ...api.deps, config, inboxUrl: null, devAccess: null });
  const startedAt = performance.now();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  let said = '';
  socket.on('data', (chunk) => (said += chunk.toString()));
  await once(socket, 'close');
  const tookMs = performance.now() - startedAt;
  await server.stop();
  expect(said).toContain('408');
  expect(tookMs).toBeGreaterThan(9_500);
  expect(tookMs).toBeLessThan(14_000);
}, 60_000);

test.each(['/docs', '/openapi.json', '/v1/schemas/campaign.json'])('%s is made once', async (path) => {
  const route = allRoutes(api.deps).find((each) => each.path === path);
  const asked = {
    params: {},
    query: {},
    body: { kind: 'none' } as const,
    apiKeyId: null,
    header: () => undefined,
    signal: new AbortController().signal,
  };
  expect(await route?.handle(asked)).toBe(await route?.handle(asked));
});
