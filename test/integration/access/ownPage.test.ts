// The pages of the installation that `npm start` runs: opened by its link, and by nothing else that a program or a page here has.
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import request from 'supertest';
import { createApp } from '../../../api/app.js';
import { createPageSession } from '../../../api/middleware/ownPage.js';
import { generateApiKey, KEY_RANDOM_BYTES, SCOPES } from '../../../domain/apiKey.js';
import { insertApiKey } from '../../../storage/queries/operations/insertApiKey.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

const HOST = '127.0.0.1:3000';
const session = createPageSession(3_000);
let api: TestApi;
let app: Express;

beforeAll(async () => {
  api = await startTestApi();
  const { prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
  const apiKeyId = await insertApiKey(api.database.pool, { name: 'dev', prefix, hash, scopes: SCOPES });
  app = createApp({ ...api.deps, devAccess: { apiKeyId, session } });
});
afterAll(() => api.close());

const open = (token: string) => request(app).get(`/?token=${token}`).set('host', HOST);

async function cookie(): Promise<string> {
  const [set = ''] = (await open(session.token)).headers['set-cookie'] ?? [];
  return set.split(';')[0] ?? '';
}

const fromPage = async () => ({ host: HOST, cookie: await cookie(), 'sec-fetch-site': 'same-origin' });
const validate = (headers: object) =>
  request(app)
    .post('/v1/campaigns/validate')
    .set({ host: HOST, ...headers })
    .send({ name: 'x' });

describe('M5: the link', () => {
  test('is exchanged for a cookie of another value, which scripts cannot read and other sites do not send', async () => {
    const answer = await open(session.token);
    expect([answer.status, answer.headers.location, answer.headers['cache-control']]).toEqual([303, '/', 'no-store']);
    const [set = '', ...others] = answer.headers['set-cookie'] ?? [];
    expect(others).toEqual([]);
    expect(set).toMatch(/^rappel-page-3000=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(set).not.toContain(session.token);
    expect(session.token).toMatch(/^[\w-]{43}$/);
  });

  test('opens what the page asks for, as the development key', async () => {
    const page = await fromPage();
    expect((await request(app).get('/').set(page)).text).toContain('campaigns-title');
    expect((await request(app).get('/v1/campaigns').set(page)).status).toBe(200);
    expect((await validate(page)).status).toBe(200);
  });

  test.each([
    ['another token', randomBytes(32).toString('base64url')],
    ['a part of the token', session.token.slice(0, -1)],
    ['none', ''],
    ['two', `${session.token}&token=x`],
    ['the value of the cookie', session.cookieValue],
  ])('with %s: 401, and no cookie', async (_what, token) => {
    const answer = await open(token);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    expect(answer.text).toContain('npm start');
  });

  test('is refused where nobody printed one, as any secret in the URL is', async () => {
    const answer = await request(api.app).get(`/?token=${session.token}`);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([400, undefined]);
  });

  test('is in no line of the log, nor is the cookie', async () => {
    await open(session.token);
    await open('wrong-token');
    await request(app)
      .get('/v1/campaigns')
      .set(await fromPage());
    await request(app)
      .get(`/v1/campaigns?token=${session.token}`)
      .set(await fromPage());
    expect(api.logLines.some((line) => line.includes('"route":"/"'))).toBe(true);
    const log = api.logLines.join('\n');
    for (const secret of [session.token, session.cookieValue, 'wrong-token']) expect(log).not.toContain(secret);
  });
});

describe('M5: without the cookie', () => {
  test.each(['/', '/campaigns/cart', '/people/1'])('%s says to open the link, and no more', async (path) => {
    const answer = await request(app).get(path).set('host', HOST);
    expect([answer.status, answer.type, answer.headers['cache-control']]).toEqual([401, 'text/html', 'no-store']);
    expect(answer.text).toContain('npm start');
    expect(answer.text).not.toMatch(/<script|access-key/);
  });

  test.each([
    [
      'another program here, with what the page once sent',
      { 'sec-fetch-site': 'same-origin', 'x-rappel-page': '1', origin: `http://${HOST}` },
    ],
    ['a wrong cookie', { cookie: `rappel-page-3000=${randomBytes(32).toString('base64url')}` }],
    ['the token as the cookie', { cookie: `rappel-page-3000=${session.token}` }],
    ['the cookie of another port', { cookie: `rappel-page-3001=${session.cookieValue}` }],
    ['an empty cookie', { cookie: 'rappel-page-3000=' }],
  ])('%s: 401', async (_who, headers) => {
    for (const asked of [request(app).get('/v1/campaigns'), request(app).post('/users/track').send({})]) {
      const answer = await asked.set({ host: HOST, 'sec-fetch-site': 'same-origin', ...headers });
      expect(answer.status).toBe(401);
      expect(answer.body.detail).toContain('link that npm start prints');
    }
  });
});

describe('M5: with the cookie, only pages of this server ask', () => {
  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:4000' }],
    ['another origin, in a browser that says no more', { origin: 'http://127.0.0.1:4000' }],
    ['an opaque origin', { origin: 'null' }],
    ['nothing said', {}],
    ['a typed address', { 'sec-fetch-site': 'none' }],
    ['another site under our origin', { 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` }],
  ])('a change by %s: 403', async (_who, headers) => {
    const answer = await validate({ cookie: await cookie(), ...headers });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });

  test.each([{ 'sec-fetch-site': 'same-origin' }, { origin: `http://${HOST}` }])(
    'a change by ours: %j',
    async (headers) => {
      expect((await validate({ cookie: await cookie(), ...headers })).status).toBe(200);
    },
  );

  test('what only reads is refused to others too, and open to a typed address', async () => {
    const read = async (headers: object) =>
      (
        await request(app)
          .get('/v1/campaigns')
          .set({ host: HOST, cookie: await cookie(), ...headers })
      ).status;
    expect(await read({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await read({ origin: 'http://127.0.0.1:4000' })).toBe(403);
    expect(await read({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await read({})).toBe(200);
  });

  test('a wrong key is refused all the same', async () => {
    const answer = await request(app)
      .get('/v1/campaigns')
      .set({ ...(await fromPage()), authorization: 'Bearer x' });
    expect(answer.status).toBe(401);
  });

  test('no other origin is ever allowed by CORS', async () => {
    const preflight = await request(app).options('/v1/campaigns').set({ origin: 'https://evil.example' });
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });
});

test('M5: without an embedded installation the cookie opens nothing, and the pages ask for a key', async () => {
  expect(
    (
      await request(api.app)
        .get('/v1/campaigns')
        .set(await fromPage())
    ).status,
  ).toBe(401);
  expect((await request(api.app).get('/')).text).toContain('access-key');
});
