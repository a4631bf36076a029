import request from 'supertest';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
let key: string;

beforeAll(async () => {
  api = await startTestApi();
  key = await api.bearer();
  await post('/v1/campaigns', {
    key: 'reminder',
    name: 'Reminder',
    audience: { attribute: 'country', equals: 'FR' },
    trigger: { customEvent: 'add_to_cart' },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
    messages: [{ channel: 'email', subject: 'Hello', text: 'Hello' }],
  });
  await post('/v1/campaigns/reminder/launch', {});
});
afterAll(() => api.close());

function post(path: string, body: object) {
  return request(api.app).post(path).set('authorization', key).send(body);
}

function get(path: string) {
  return request(api.app).get(path).set('authorization', key);
}

/** One request a minute after the one before; events happen now. */
async function track(body: { attributes?: object[]; events?: object[]; purchases?: object[] }): Promise<void> {
  api.clock.now += 60_000;
  const time = new Date(api.clock.now).toISOString();
  const { attributes, events, purchases } = body;
  const { status } = await post('/users/track', {
    ...(attributes === undefined ? {} : { attributes }),
    ...(events === undefined ? {} : { events: events.map((event) => ({ time, ...event })) }),
    ...(purchases === undefined ? {} : { purchases: purchases.map((purchase) => ({ time, ...purchase })) }),
  });
  expect(status).toBe(201);
}

const purchase = { product_id: 'sku', currency: 'EUR', price: 5, quantity: 2 };

test('a person is shown with profile, attributes, aliases and counters', async () => {
  const external_id = 'ann/1 é';
  await track({
    attributes: [{ external_id, email: 'ann@example.com', country: 'France', time_zone: 'Europe/Paris', tier: 'gold' }],
    events: [
      { external_id, name: 'visit' },
      { external_id, name: 'visit' },
    ],
    purchases: [{ external_id, ...purchase }],
  });
  const answer = await get(`/v1/users/${encodeURIComponent(external_id)}`);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    externalId: external_id,
    email: 'ann@example.com',
    timeZone: 'Europe/Paris',
    emailSubscription: 'subscribed',
    attributes: { country: 'FR', tier: 'gold' },
    aliases: [],
  });
  expect(answer.body.totals).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'custom', name: 'visit', count: 2, amount: 0 }),
      expect.objectContaining({ kind: 'purchase', name: 'sku', count: 2, amount: 10 }),
      expect.objectContaining({ kind: 'purchase', name: '', count: 2, amount: 10 }),
    ]),
  );
});

test('an unknown person is not there', async () => {
  expect((await get('/v1/users/nobody')).status).toBe(404);
  expect((await get('/v1/users/nobody/timeline')).status).toBe(404);
});

test('the timeline holds events, entries, rejections and outcomes, newest first, with links to the runs', async () => {
  const external_id = 'bob';
  await track({ events: [{ external_id, name: 'add_to_cart', properties: { cart: 1 } }] });
  await track({ attributes: [{ external_id, country: 'FR' }] });
  await track({ events: [{ external_id, name: 'add_to_cart' }] });
  await track({ purchases: [{ external_id, ...purchase }] });
  const { body } = await get('/v1/users/bob/timeline');
  const told = body.entries.map((entry: { kind: string; event?: string; reason?: string }) =>
    [entry.kind, entry.event ?? entry.reason].filter((word) => word !== undefined).join(' '),
  );
  expect(told.indexOf('outcome exception')).toBeLessThan(told.indexOf('event purchase'));
  expect(told.slice(-5)).toEqual([
    'entered',
    'event custom',
    'event attributes',
    'rejected outside_audience',
    'event custom',
  ]);
  const outcome = body.entries.find(({ kind }: { kind: string }) => kind === 'outcome');
  expect(outcome).toMatchObject({ campaign: 'reminder', outcome: 'cancelled', reason: 'exception' });
  expect(body.entries).toContainEqual(expect.objectContaining({ event: 'exceptionFired', campaign: 'reminder' }));
  expect(decodeURIComponent(outcome.runUrl)).toMatch(/\/campaign\/[a-z][a-z0-9-]*\/\d+\/e:\d+$/);
  expect(body.next).toBeNull();
});

test('pages of a timeline join without gap or repetition, also among equal instants', async () => {
  const external_id = 'carl';
  const events = Array.from({ length: 9 }, (_, index) => ({ external_id, name: `e${index}` }));
  await track({ events });
  await track({ events });
  const whole = (await get('/v1/users/carl/timeline?limit=100')).body.entries;
  expect(whole).toHaveLength(18);
  const joined: object[] = [];
  let next: string | null = '';
  while (next !== null) {
    const { body } = await get(`/v1/users/carl/timeline?limit=4${next === '' ? '' : `&after=${next}`}`);
    joined.push(...body.entries);
    next = body.next;
  }
  expect(joined).toEqual(whole);
});

test('the last outcomes are listed with campaign, person and reason, page by page', async () => {
  for (const external_id of ['o1', 'o2', 'o3']) {
    await track({ attributes: [{ external_id, country: 'FR' }], events: [{ external_id, name: 'add_to_cart' }] });
    await track({ purchases: [{ external_id, ...purchase }] });
  }
  const first = (await get('/v1/outcomes?limit=2')).body;
  expect(first.outcomes.map(({ user }: { user: string }) => user)).toEqual(['o3', 'o2']);
  expect(first.outcomes[0]).toMatchObject({
    campaign: 'reminder',
    campaignName: 'Reminder',
    outcome: 'cancelled',
    reason: 'exception',
  });
  const second = (await get(`/v1/outcomes?limit=2&after=${first.next}`)).body;
  expect(second.outcomes.map(({ user }: { user: string }) => user)).toEqual(['o1', 'bob']);
  expect(second.next).toBeNull();
});
