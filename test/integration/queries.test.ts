// Query parameters and keys: what is not known is refused, and says what is.
import request from 'supertest';
import type { OpenApiDocument } from '../../api/openapi.js';
import { startTestApi, type TestApi } from '../setup/api.js';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi();
  key = await api.bearer();
});
afterAll(() => api.close());

const get = (path: string, authorization: string | null = key) => {
  const call = request(api.app).get(path);
  return authorization === null ? call : call.set('authorization', authorization);
};

test('M9: every route but the pages refuses a query parameter that it does not know, and lists those it does', async () => {
  const document: OpenApiDocument = (await get('/openapi.json')).body;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { tags, parameters, requestBody }]) => ({
      method,
      path,
      isPage: tags.includes('Pages'),
      known: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      hasBody: requestBody !== undefined,
    })),
  );
  expect(routes.length).toBeGreaterThan(25);
  for (const { method, path, isPage, known, hasBody } of routes) {
    const url = `${path.replace(/\{id\}/g, '1').replace(/\{\w+\}/g, 'x')}?nonsense=1`;
    const call = request(api.app)[method as 'get' | 'post' | 'put' | 'delete'](url).set('authorization', key);
    const { status, body } = hasBody ? await call.send({}) : await call;
    if (isPage || path.startsWith('/v1/schemas') || ['/healthz', '/readyz', '/metrics'].includes(path)) continue;
    expect([method, url, status]).toEqual([method, url, 400]);
    const allowed = known.length === 0 ? 'This route takes none.' : `Allowed: ${known.join(', ')}.`;
    expect([url, body.detail, body.problems]).toEqual([
      url,
      `The query has a parameter that is not known. ${allowed}`,
      [{ path: 'nonsense', message: 'is not known' }],
    ]);
  }
  expect((await get('/?utm_source=mail', null)).status).toBe(200);
  expect((await get('/v1/campaigns?limit=1')).status).toBe(200);
});

test('M7: each kind of refused key has one text, which begins as clients expect', async () => {
  const { rows } = await api.database.pool.query<{ id: number }>('select max(id) as id from api_keys');
  const revoked = await api.bearer();
  await api.database.pool.query('update api_keys set revoked_at = now() where id > $1', [rows[0]?.id]);
  const texts: string[] = [];
  for (const sent of [
    null,
    'Basic x',
    'Bearer nonsense',
    `${key.slice(0, -3)}xxx`,
    `Bearer rpl_AAAAAAAA_${'A'.repeat(43)}`,
    revoked,
  ]) {
    const { status, body } = await get('/v1/campaigns', sent);
    expect(status).toBe(401);
    texts.push(body.message);
  }
  expect(texts.every((text) => text.startsWith('Invalid API key'))).toBe(true);
  expect(texts.map((text) => /: (.*?)[;,]/.exec(text)?.[1])).toEqual([
    'none was sent',
    'what was sent is no key of Rappel (rpl_…)',
    'what was sent is no key of Rappel (rpl_…)',
    'this installation does not know it',
    'this installation does not know it',
    'it was revoked',
  ]);
});
