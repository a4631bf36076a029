import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Express } from 'express';
import request from 'supertest';
import { allRoutes } from '../../../api/allRoutes.js';
import { createApp } from '../../../api/app.js';
import { type OpenApiDocument, type Operation, openApiDocument } from '../../../api/openapi.js';
import { generateApiKey, isScope, KEY_RANDOM_BYTES, SCOPES, type Scope } from '../../../domain/apiKey.js';
import { createPool } from '../../../storage/pool.js';
import { insertApiKey } from '../../../storage/queries/operations/insertApiKey.js';
import { revokeApiKey } from '../../../storage/queries/operations/revokeApiKey.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
let document: OpenApiDocument;

beforeAll(async () => {
  api = await startTestApi();
  document = (await request(api.app).get('/openapi.json')).body;
});
afterAll(() => api.close());

interface Placed {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly scope: Scope | null;
}

function scopeOf({ security }: Operation): Scope | null {
  const scopes = security.flatMap((scheme) => Object.values(scheme).flat());
  expect(scopes.length).toBeLessThanOrEqual(1);
  const [scope] = scopes;
  if (scope === undefined) return null;
  if (!isScope(scope)) throw new Error(`${scope} is no scope`);
  return scope;
}

function placed(from: OpenApiDocument): readonly Placed[] {
  return Object.entries(from.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method as Placed['method'],
      path,
      scope: scopeOf(operation),
    })),
  );
}

function call(app: Express, { method, path }: Placed, authorization?: string) {
  const made = request(app)[method](path.replace(/\{\w+\}/g, 'x'));
  return authorization === undefined ? made : made.set('authorization', authorization);
}

/** The keys of the routes that Express holds, as `get /v1/campaigns/{key}`. */
function served(app: Express): readonly string[] {
  const { stack } = app.router as unknown as {
    stack: readonly { route?: { path: string; methods: Record<string, boolean> } }[];
  };
  return stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`),
  );
}

test('Express serves the routes of the OpenAPI document, and none besides', () => {
  const documented = placed(document).map(({ method, path }) => `${method} ${path}`);
  expect([...served(api.app)].sort()).toEqual([...documented].sort());
  // The comparison itself sees a route that the document lacks.
  const other = createApp(api.deps);
  other.get('/undocumented/:key', (_request, response) => response.end());
  expect(served(other)).toContain('get /undocumented/{key}');
  expect(documented).not.toContain('get /undocumented/{key}');
});

test('every route that takes or shows anything of the workspace needs a scope', () => {
  const open = placed(document).filter(({ scope }) => scope === null);
  expect(open.map(({ path }) => path).sort()).toEqual([
    '/',
    '/assets/campaign.js',
    '/assets/docs.js',
    '/assets/home.js',
    '/assets/icon.svg',
    '/assets/person.js',
    '/assets/rappel.css',
    '/assets/shared.js',
    '/campaigns/{key}',
    '/docs',
    '/docs/decisions/{guide}',
    '/docs/{guide}',
    '/healthz',
    '/openapi.json',
    '/people/{id}',
    '/readyz',
    '/v1/schemas/campaign.json',
  ]);
});

// The matrix is made from a document rendered without a server, so that each case is a test of its own name.
const MATRIX = placed(
  openApiDocument(allRoutes({ links: { inboxUrl: null, temporalUiUrl: null }, devAccess: null } as never), '1'),
).filter((route): route is Placed & { scope: Scope } => route.scope !== null);

describe.each(MATRIX.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    test('without a key: 401', async () => {
      const answer = await call(api.app, route);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body.code).toBe('unauthenticated');
    });

    test('with a key of every other scope: 403', async () => {
      const others = SCOPES.filter((scope) => scope !== route.scope);
      const answer = await call(api.app, route, await api.bearer(...others));
      expect(answer.status).toBe(403);
      expect(answer.body.detail).toContain(route.scope);
      const { rows } = await api.database.pool.query(
        'select action, subject, after from audit_log order by id desc limit 1',
      );
      expect(rows).toEqual([
        {
          action: 'access.refused',
          subject: `${route.method.toUpperCase()} ${route.path}`,
          after: { lacks: route.scope },
        },
      ]);
    });

    test('with a revoked key: 401', async () => {
      const { key, prefix, hash } = generateApiKey(randomBytes(KEY_RANDOM_BYTES));
      await insertApiKey(api.database.pool, { name: 'revoked', prefix, hash, scopes: SCOPES });
      expect((await call(api.app, route, `Bearer ${key}`)).status).not.toBe(401);
      await revokeApiKey(api.database.pool, prefix, new Date().toISOString());
      expect((await call(api.app, route, `Bearer ${key}`)).status).toBe(401);
    });

    test('with its scope alone: let in', async () => {
      const answer = await call(api.app, route, await api.bearer(route.scope));
      expect([401, 403]).not.toContain(answer.status);
      expect(answer.status).toBeLessThan(500);
    });
  },
);

describe('keys', () => {
  test('a known prefix with another secret, another scheme or half a key is no key', async () => {
    const bearer = await api.bearer();
    const key = bearer.slice('Bearer '.length);
    const forged = `${key.slice(0, 13)}${randomBytes(32).toString('base64url')}`;
    for (const authorization of [
      `Bearer ${forged}`,
      `Basic ${key}`,
      `Bearer ${key.slice(0, -1)}`,
      'Bearer ',
      key,
      '',
    ]) {
      expect((await request(api.app).get('/v1/campaigns').set('authorization', authorization)).status).toBe(401);
    }
    expect((await request(api.app).get('/v1/campaigns').set('authorization', bearer)).status).toBe(200);
  });

  test.each([
    'api_key=anything',
    'access_token=x',
    'x=rpl_abcdefgh_secret',
    '%61pi_ke%79=x',
    'x=%72pl_abcdefgh_secret',
  ])('a key in the URL is refused: %s', async (query) => {
    const answer = await request(api.app).get(`/healthz?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('Authorization header');
    expect(api.logLines.some((line) => line.includes(query))).toBe(false);
  });

  test('what a key is needed for is kept by nobody on the way', async () => {
    const answers = [
      await request(api.app)
        .get('/v1/campaigns')
        .set('authorization', await api.bearer()),
      await request(api.app).get('/healthz'),
    ];
    expect(answers.map(({ status, headers }) => [status, headers['cache-control']])).toEqual([
      [200, 'no-store'],
      [200, undefined],
    ]);
  });

  test.each([
    ['delete', '/v1/campaigns', 'GET, HEAD, POST'],
    ['get', '/users/track', 'POST'],
    ['patch', '/v1/campaigns/some', 'GET, HEAD, PUT'],
    ['post', '/healthz', 'GET, HEAD'],
  ] as const)('%s %s answers 405 and what is allowed', async (method, path, allowed) => {
    const answer = await request(api.app)
      [method](path)
      .set('authorization', await api.bearer());
    expect([answer.status, answer.headers.allow, answer.body.code]).toEqual([405, allowed, 'method_not_allowed']);
    expect((await request(api.app)[method](`${path}/no/such/route`)).status).toBe(404);
  });

  test('the database holds nothing that could be used as a key', async () => {
    const key = (await api.bearer()).slice('Bearer '.length);
    const { rows } = await api.database.pool.query('select row_to_json(k) as row from api_keys k');
    expect(JSON.stringify(rows)).not.toContain(key.slice(13));
  });
});

describe('every answer', () => {
  test.each([
    ['/openapi.json', 200, '250000'],
    ['/v1/campaigns', 401, '300'],
    ['/nowhere', 404, '250000'],
    ['/v1/users/%E0%A4%A', 400, ''],
    ['/v1/users/a%00b', 400, '250000'],
  ])('API-01: %s (%d) carries the rate-limit headers, or was never routed', async (path, status, limit) => {
    const answer = await request(api.app).get(path);
    expect(answer.status).toBe(status);
    if (path.includes('%E0')) return;
    expect(answer.headers).toMatchObject({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': expect.stringMatching(/^\d+$/),
      'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
    });
  });

  test('carries a request id, and headers that keep browsers from doing more than they should', async () => {
    const { headers } = await request(api.app).get('/');
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['content-security-policy']).toBe(
      "default-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    );
  });
});

describe('readiness', () => {
  test('ready where the database is there, migrated and has its partitions', async () => {
    expect((await request(api.app).get('/readyz')).status).toBe(200);
  });

  test('not ready when the partitions end in less than 7 days', async () => {
    const inAYear = async () => Date.now() + 365 * 86_400_000;
    const answer = await request(createApp({ ...api.deps, clock: inAYear })).get('/readyz');
    expect(answer.status).toBe(503);
    expect(answer.body.detail).toContain('partitions of events');
  });

  test('without a database every route that needs one answers 503 within 2 s, and says nothing of the database', async () => {
    const pool = createPool({ connectionString: 'postgres://rappel:secret@127.0.0.1:1/none' });
    const app = createApp({ ...api.deps, pool });
    const startedAt = Date.now();
    const answers = [
      await request(app).get('/readyz'),
      await request(app)
        .post('/users/track')
        .set('authorization', await api.bearer())
        .send({ events: [] }),
    ];
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.type).toMatch(/^application\/(problem\+)?json$/);
      expect(JSON.stringify(answer.body)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|secret/);
    }
    expect((await request(app).get('/healthz')).status).toBe(200);
    await pool.end();
  });
});

test('with a database that takes connections and never answers, the answer is 503 within 2 s all the same', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const pool = createPool({ connectionString: `postgres://rappel@127.0.0.1:${port}/none` });
  const app = createApp({ ...api.deps, pool });
  const bearer = await api.bearer();
  for (const call of [request(app).get('/readyz'), request(app).get('/v1/campaigns').set('authorization', bearer)]) {
    const startedAt = Date.now();
    expect((await call).status).toBe(503);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  }
  for (const socket of sockets) socket.destroy();
  silent.close();
  await pool.end();
});

test('an error of ours leaves no trace of itself in the answer, and none of its values in the log', async () => {
  const app = createApp({ ...api.deps, clock: () => Promise.reject(new Error('canary-7 at select * from users')) });
  const answer = await request(app)
    .post('/users/track')
    .set('authorization', await api.bearer())
    .send({ events: [{ external_id: 'a', name: 'b', time: '2026-01-01' }] });
  expect(answer.status).toBe(500);
  expect(answer.body.code).toBe('internal');
  expect([answer.text, ...api.logLines].some((text) => text.includes('canary-7'))).toBe(false);
  expect(api.logLines.some((line) => line.includes('access.test'))).toBe(true);
});

test('metrics count requests by route, never by address', async () => {
  await request(api.app)
    .get('/v1/users/somebody')
    .set('authorization', await api.bearer());
  const answer = await request(api.app)
    .get('/metrics')
    .set('authorization', await api.bearer('metrics'));
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('route="/v1/users/{external_id}"');
  expect(answer.text).not.toContain('somebody');
});
