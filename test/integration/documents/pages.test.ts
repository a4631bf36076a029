import { readdirSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import type { OpenApiDocument } from '../../../api/openapi.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('the home page links to the places and holds nothing its security policy would refuse', async () => {
  const { text, type } = await request(api.app).get('/');
  expect(type).toBe('text/html');
  expect(text).toContain('href="/docs"');
  expect(text).toContain('href="http://localhost:8025"');
  expect(text).toContain('href="http://localhost:8233"');
  expect(text).not.toMatch(/<script>|<style| style=| on\w+="/);
});

test('its script and style come from this server', async () => {
  const { text } = await request(api.app).get('/');
  const parts = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  expect(parts.sort()).toEqual(['/assets/home.js', '/assets/icon.svg', '/assets/rappel.css', '/assets/shared.js']);
  expect((await request(api.app).get('/assets/home.js')).type).toBe('text/javascript');
  expect((await request(api.app).get('/assets/rappel.css')).type).toBe('text/css');
});

test('the example on the home page is a valid campaign', async () => {
  const { text } = await request(api.app).get('/');
  const escaped = /<textarea[^>]*>([^<]*)<\/textarea>/.exec(text)?.[1] ?? '';
  const entities: Record<string, string> = { '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  const yaml = escaped.replace(/&(?:quot|#39|lt|gt|amp);/g, (entity) => entities[entity] ?? entity);
  const answer = await request(api.app)
    .post('/v1/campaigns/validate')
    .set('authorization', await api.bearer('campaigns:read'))
    .set('content-type', 'application/yaml')
    .send(yaml);
  expect(answer.body.problems).toEqual([]);
  expect(answer.body.valid).toBe(true);
});

describe('the guides', () => {
  const read = async (path: string) => {
    const { status, text } = await request(api.app).get(path);
    return { status, text, links: [...text.matchAll(/href="([^"]+)"/g)].map(([, href]) => href ?? '') };
  };

  test('M17: all of the folder are linked from the reference, which the home page links to', async () => {
    const files = readdirSync(path.join(__dirname, '../../../docs')).filter((file) => file.endsWith('.md'));
    const { links } = await read('/docs');
    expect(files.length).toBeGreaterThan(8);
    expect(links).toEqual(expect.arrayContaining(files.map((file) => `/docs/${file.replace('.md', '')}`)));
    expect((await read('/')).links).toContain('/docs#guides');
  });

  test('M17: every link of every guide leads to a page that is there, and to its heading', async () => {
    const { links } = await read('/docs');
    const seen = new Map<string, string>();
    const broken: string[] = [];
    const ahead = links.filter((link) => link.startsWith('/docs/')).map((link) => new URL(link, 'http://rappel'));
    for (const url of ahead) {
      if (seen.has(url.pathname)) continue;
      const page = await read(url.pathname);
      seen.set(url.pathname, page.text);
      if (page.status !== 200) broken.push(url.pathname);
      const own = page.links.filter((link) => !/^(https?:|mailto:)/.test(link)).map((link) => new URL(link, url));
      ahead.push(...own.filter(({ pathname }) => pathname.startsWith('/docs/')));
    }
    for (const { pathname, hash } of ahead) {
      if (hash !== '' && !seen.get(pathname)?.includes(`id="${decodeURIComponent(hash.slice(1))}"`))
        broken.push(pathname + hash);
    }
    expect(broken).toEqual([]);
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['/docs/campaigns', '/docs/decisions/kept-counts']));
    expect((await read('/docs/none')).status).toBe(404);
  });

  test('M17: an operation shows its request and its answer', async () => {
    const { text } = await read('/docs');
    expect(text).toContain('curl $URL/users/track');
    expect(text).toContain('&quot;events_processed&quot;: 1');
  });
});

describe('the OpenAPI document', () => {
  let document: OpenApiDocument;
  beforeAll(async () => {
    document = (await request(api.app).get('/openapi.json')).body;
  });

  test('is version 3.1 and every reference in it leads somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference ?? '',
    );
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(Object.keys(document.components.schemas)).toContain(reference.split('/').at(-1));
    }
  });

  test('gives each operation an id of its own, and each path parameter a schema', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  test('describes the body of /users/track by the schemas that validate it', () => {
    expect(document.paths['/users/track']?.post?.requestBody?.content['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/TrackBody',
    });
    expect(document.components.schemas.TrackEvent).toMatchObject({
      required: ['name', 'time'],
      properties: { name: { maxLength: 255 } },
    });
  });

  test('is shown whole on the docs page, with no script but that which opens what a link names', async () => {
    const { text } = await request(api.app).get('/docs');
    for (const path of Object.keys(document.paths)) expect(text).toContain(`<code>${path}</code>`);
    expect(text.match(/<script[^]*?<\/script>/g)).toEqual(['<script src="/assets/docs.js" defer></script>']);
  });
});
