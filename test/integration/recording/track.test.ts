import request from 'supertest';
import { NO_VALID_ITEM } from '../../../api/schemas/track/track.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
let key: string;

beforeAll(async () => {
  api = await startTestApi();
  key = await api.bearer('track');
});
afterAll(() => api.close());

const time = '2026-03-06T10:00:00Z';

function track(body: object | string, headers: Record<string, string> = {}) {
  return request(api.app)
    .post('/users/track')
    .set('authorization', key)
    .set('content-type', 'application/json')
    .set(headers)
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}

async function eventsOf(externalId: string): Promise<readonly { kind: string; name: string; properties: object }[]> {
  const { rows } = await api.database.pool.query(
    'select e.kind, e.name, e.properties from events e join users u on u.id = e.user_id where u.external_id = $1 order by e.seq',
    [externalId],
  );
  return rows;
}

describe('what is recorded', () => {
  test('API-03, UT-03: 201 means committed, with a count for each array that was sent', async () => {
    const answer = await track({
      attributes: [{ external_id: 'ann', first_name: 'Ann' }],
      events: [
        { external_id: 'ann', name: 'opened', time },
        { external_id: 'ann', kind: 'session', time },
      ],
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ message: 'success', attributes_processed: 1, events_processed: 2 });
    expect((await eventsOf('ann')).map(({ kind, name }) => [kind, name])).toEqual([
      ['attributes', ''],
      ['custom', 'opened'],
      ['session', ''],
    ]);
  });

  test('UT-03, UT-04: wrong items are listed by array and index, the others are recorded', async () => {
    const purchase = { external_id: 'bob', product_id: 'sku', currency: 'EUR', price: 9.5, time };
    const answer = await track({
      events: [
        { name: 'opened', time },
        { external_id: 'bob', name: 'opened', time },
      ],
      purchases: [purchase, { ...purchase, currency: 'nope' }],
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      message: 'success',
      events_processed: 1,
      purchases_processed: 1,
      errors: [
        {
          type: "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
          input_array: 'events',
          index: 0,
        },
        { type: "'currency' must be an ISO 4217 code, as EUR", input_array: 'purchases', index: 1 },
      ],
    });
    expect((await eventsOf('bob')).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['custom', 'purchase']));
  });

  test('hostile items are refused one by one and their 70 neighbours are recorded', async () => {
    const good = (index: number) => JSON.stringify({ external_id: 'eve', name: 'fine', time, properties: { index } });
    const bad = [
      '{"a":"\\u0000"}',
      '{"a\\u0000":1}',
      '{"a":"\\ud800"}',
      '{"__proto__":{"polluted":1}}',
      '{"a":1e400}',
    ].map((properties) => `{"external_id":"eve","name":"bad","time":"${time}","properties":${properties}}`);
    const items = [...Array.from({ length: 70 }, (_, index) => good(index)), ...bad];
    const answer = await track(`{"events":[${items.join(',')}]}`);
    expect(answer.status).toBe(201);
    expect(answer.body.events_processed).toBe(70);
    expect(answer.body.errors.map(({ index }: { index: number }) => index)).toEqual([70, 71, 72, 73, 74]);
    expect(await eventsOf('eve')).toHaveLength(70);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('hostile attributes harm neither their neighbours nor the stored profile', async () => {
    const answer = await track(
      `{"attributes":[{"external_id":"mal","__proto__":{"polluted":1}},{"external_id":"mal","tier":"gold"},{"external_id":"mal","x":"\\udfff"}]}`,
    );
    expect(answer.body).toMatchObject({ attributes_processed: 1 });
    const { rows } = await api.database.pool.query("select attributes from users where external_id = 'mal'");
    expect(rows).toEqual([{ attributes: { tier: 'gold' } }]);
  });
});

describe('what is refused whole', () => {
  test.each([
    ['no array', '{}', 400, NO_VALID_ITEM],
    ['no valid item', '{"events":[{}]}', 400, NO_VALID_ITEM],
    ['UT-02: 76 items', JSON.stringify({ events: Array(76).fill({}) }), 400, 'Max Input Length Exceeded'],
    ['text that is no JSON', '{"events":', 400, 'The body is not valid JSON.'],
    ['a bare value', '1', 400, NO_VALID_ITEM],
    ['a body over 4 MiB', `{"events":[],"x":"${'x'.repeat(4 * 1_048_576)}"}`, 413, 'The body may have at most 4 MiB.'],
    ['depth 100,000', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400, NO_VALID_ITEM],
  ])('%s', async (_what, body, status, message) => {
    const answer = await track(body);
    expect(answer.status).toBe(status);
    expect(answer.type).toBe('application/json');
    expect(answer.body).toMatchObject({ status, message, detail: message });
  });

  test('a body that is not declared as JSON is refused with what to send', async () => {
    const answer = await track('{"events":[]}', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('Content-Type: application/json');
  });
});

describe('Idempotency-Key', () => {
  const body = { events: [{ external_id: 'idem', name: 'once', time }] };

  test('the same key and body replay the stored answer and record nothing again', async () => {
    const first = await track(body, { 'idempotency-key': 'k-1' });
    const second = await track(body, { 'idempotency-key': 'k-1' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await eventsOf('idem')).toHaveLength(1);
  });

  test('the same key with another body is refused', async () => {
    await track(body, { 'idempotency-key': 'k-2' });
    const answer = await track(
      { events: [{ external_id: 'idem', name: 'other', time }] },
      { 'idempotency-key': 'k-2' },
    );
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe('idempotency_mismatch');
  });

  test('another API key may use the same text', async () => {
    await track(body, { 'idempotency-key': 'k-3' });
    const answer = await track(
      { ...body, attributes: [] },
      { 'idempotency-key': 'k-3', authorization: await api.bearer('track') },
    );
    expect(answer.status).toBe(201);
  });

  test('twins at the same moment record once and get the same answer', async () => {
    const twins = { events: [{ external_id: 'twin', name: 'once', time }] };
    const answers = await Promise.all(Array.from({ length: 6 }, () => track(twins, { 'idempotency-key': 'k-4' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(await eventsOf('twin')).toHaveLength(1);
  });

  test('a key that cannot be one is refused before anything is recorded', async () => {
    const answer = await track({ events: [{ external_id: 'never', name: 'x', time }] }, { 'idempotency-key': 'a b' });
    expect(answer.status).toBe(400);
    expect(await eventsOf('never')).toEqual([]);
  });
});

test('event_id: an event is recorded once per id, whatever request brings it', async () => {
  const body = { events: [{ external_id: 'once', name: 'x', time, event_id: 'evt-1' }] };
  const answers = [await track(body), await track(body)];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(await eventsOf('once')).toHaveLength(1);
});

test('UT-05: an alias is not created unless asked for, and its item is skipped', async () => {
  const alias = { alias_label: 'crm', alias_name: '7' };
  const answer = await track({
    events: [
      { user_alias: alias, name: 'x', time },
      { external_id: 'known', name: 'x', time },
    ],
  });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ events_processed: 2, skipped: [{ input_array: 'events', index: 0 }] });
  expect(answer.body.errors).toBeUndefined();
});

test('API-01, API-02: every answer says how much of the limit is left', async () => {
  const answer = await track({ events: [] });
  expect(answer.headers['x-ratelimit-limit']).toBe('3000');
  expect(Number(answer.headers['x-ratelimit-remaining'])).toBeLessThan(3000);
  const resetIn = Number(answer.headers['x-ratelimit-reset']) - Date.now() / 1000;
  expect(resetIn).toBeGreaterThan(-1);
  expect(resetIn).toBeLessThanOrEqual(4);
});

test('the log holds neither who nor what', async () => {
  await track({ attributes: [{ external_id: 'Zebedee-77', email: 'zebedee@example.com' }] });
  const log = api.logLines.join('');
  expect(log).toContain('/users/track');
  expect(log).not.toMatch(/Zebedee|zebedee@example|rpl_/);
});
