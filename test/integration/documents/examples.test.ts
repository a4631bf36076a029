/**
 * The examples of the reference, run in their order against a real API: each is answered as it says. With
 * RAPPEL_WRITE_DOCS=1 the answers are written instead.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import answers from '../../../api/examples/answers.json';
import { pathOf } from '../../../api/examples/examples.js';
import { EXAMPLES, type ExampleRequest } from '../../../api/examples/requests.js';
import type { OpenApiDocument } from '../../../api/openapi.js';
import { addToCatalogue } from '../../../storage/queries/catalogue/catalogue.js';
import { HOUR, MINUTE, type Recording, startRecording } from '../../setup/recording.js';

const FILE = path.join(__dirname, '../../../api/examples/answers.json');
const START = Date.parse('2026-12-01T08:30:00Z');

// Beside other work the document alone takes seconds.
jest.setTimeout(60_000);

let r: Recording;
let key: string;
let documented: readonly { readonly operation: string; readonly tag: string }[];
const found: Record<string, { status: number; body: unknown }> = {};

beforeAll(async () => {
  r = await startRecording();
  r.api.clock.now = START;
  await r.api.database.pool.query('select ensure_partitions($1)', [r.iso()]);
  const seen = { count: 12, firstAt: START, lastAt: START + 30 * MINUTE };
  await addToCatalogue(r.api.database.pool, [
    { kind: 'event', name: 'add_to_cart', property: '', types: [], samples: [], ...seen },
    { kind: 'event', name: 'add_to_cart', property: 'cart_value', types: ['number'], samples: [150], ...seen },
    { kind: 'attribute', name: 'country', property: '', types: ['string'], samples: ['FR'], ...seen },
    { kind: 'product', name: 'sku-1', property: '', types: [], samples: [], ...seen },
    { kind: 'product', name: '', property: 'price', types: ['number'], samples: [], ...seen },
  ]);
  key = await r.api.bearer();
  const { body } = await request(r.api.app).get('/openapi.json');
  const { paths } = body as OpenApiDocument;
  documented = Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, { tags }]) => ({
      operation: `${method.toUpperCase()} ${route}`,
      tag: tags[0] ?? '',
    })),
  );
});
afterAll(async () => {
  if (process.env.RAPPEL_WRITE_DOCS === '1') writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);
  await r.api.close();
});

test('M17: each operation has an example, but for the pages, and each example an operation', () => {
  const wanted = documented.filter(({ tag }) => tag !== 'Pages').map(({ operation }) => operation);
  expect(EXAMPLES.map(({ operation }) => operation).sort()).toEqual([...wanted].sort());
});

/** What the world does between the requests. */
const BEFORE: Readonly<Record<string, () => Promise<unknown>>> = {
  'POST /users/track': async () => {
    // Somebody without an external id has the number 1.
    const alias = { alias_label: 'crm', alias_name: 'c-7' };
    await r.track({ attributes: [{ user_alias: alias, _update_existing_only: false, country: 'DE' }] });
    r.api.clock.now = START + 30 * MINUTE + 1_000;
  },
  'GET /v1/outcomes': async () => {
    r.api.clock.now += HOUR;
    await r.purchase('zoe');
  },
  'GET /v1/parked': async () => {
    for (const user of ['ann', 'bob', 'cleo']) {
      await r.track({ attributes: [{ external_id: user, country: 'FR' }] });
      await r.event(user, 'add_to_cart', { properties: { cart_value: 120 } });
    }
    await r.api.database.pool.query(
      `update pairings set state = 'parked', parked_at = $1, evidence = '{"error": "the template divides by zero"}'
       where state = 'waiting' and id in (2, 3, 4)`,
      [r.iso()],
    );
  },
};

async function ask(example: ExampleRequest): Promise<{ status: number; body: unknown }> {
  const [method = ''] = example.operation.split(' ');
  const call = request(r.api.app)[method.toLowerCase() as 'get'](pathOf(example)).set('authorization', key);
  const { status, body, text, type } = await (example.body === undefined ? call : call.send(example.body));
  const read: unknown =
    type === 'application/x-ndjson'
      ? JSON.parse(text.trim().split('\n').at(-1) ?? '')
      : type.includes('json')
        ? body
        : text;
  return { status, body: shortened(example, read) };
}

function shortened({ shown }: ExampleRequest, body: unknown): unknown {
  if (typeof shown === 'number') return String(body).split('\n').slice(0, shown).join('\n');
  if (shown === undefined) return body;
  return Object.fromEntries(Object.entries(Object(body)).filter(([name]) => shown.includes(name)));
}

test.each(EXAMPLES.map((example) => [example.operation, example] as const))(
  'M17: %s is answered as it says',
  async (operation, example) => {
    await BEFORE[operation]?.();
    // It is drawn anew in each run.
    await r.api.database.pool.query('update users set random_bucket = 4711');
    const answer = await ask(example);
    found[operation] = answer;
    expect(answer.status).toBeLessThan(300);
    if (process.env.RAPPEL_WRITE_DOCS === '1') return;
    expect(answer).toEqual((answers as Readonly<Record<string, unknown>>)[operation]);
  },
);
