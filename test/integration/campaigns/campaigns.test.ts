import request from 'supertest';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
let key: string;

beforeAll(async () => {
  api = await startTestApi();
  key = await api.bearer('campaigns:read', 'campaigns:write', 'track');
});
afterAll(() => api.close());

const YAML = `
name: Cart reminder
audience: { attribute: country, equals: FR }
trigger: { customEvent: add_to_cart, where: [ { property: cart_value, atLeast: 100 } ] }
delay: { after: 1 hour }
exceptions: [ { purchase: any } ]
window: { from: "09:00", to: "21:00", missed: nextAvailable }
reEligibility: { after: 30 days }
messages: [ { channel: email, subject: "Still thinking it over?", html: "Hello" } ]
`;

function definition(campaignKey: string, more: object = {}) {
  return {
    key: campaignKey,
    name: campaignKey,
    trigger: { customEvent: 'x' },
    messages: [{ channel: 'email', subject: 'Hello', text: 'Hello' }],
    ...more,
  };
}

function send(method: 'get' | 'post' | 'put', path: string, body?: object | string) {
  const call = request(api.app)[method](path).set('authorization', key);
  if (typeof body === 'string') return call.set('content-type', 'application/yaml').send(body);
  return body === undefined ? call : call.send(body);
}

async function revision(): Promise<number> {
  const { rows } = await api.database.pool.query('select revision from campaigns_revision');
  return rows[0].revision;
}

async function audit(campaignKey: string) {
  const { rows } = await api.database.pool.query(
    'select action, before, after, api_key_id from audit_log where subject = $1 order by id',
    [`campaign/${campaignKey}`],
  );
  return rows;
}

describe('creating', () => {
  test('LC-01: a definition in YAML becomes a draft, in canonical form and as a sentence', async () => {
    const answer = await send('post', '/v1/campaigns', YAML);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      key: 'cart-reminder',
      state: 'draft',
      version: 1,
      activeSince: null,
      allowedActions: ['launch', 'archive'],
      counts: {
        metTrigger: 0,
        turnedAway: {},
        entered: 0,
        waiting: 0,
        parked: 0,
        sent: 0,
        cancelled: {},
        dropped: {},
        failed: {},
        unknown: {},
      },
      definition: { entry: { event: { trigger: { customEvent: 'add_to_cart' } } } },
    });
    expect(answer.body.sentence).toContain('Cart reminder: when add_to_cart');
    expect((await send('get', '/v1/campaigns/cart-reminder')).body).toEqual(answer.body);
  });

  test('a taken key is refused with what to do', async () => {
    await send('post', '/v1/campaigns', definition('taken'));
    const answer = await send('post', '/v1/campaigns', definition('taken'));
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain('PUT /v1/campaigns/taken');
  });

  test('a wrong definition is refused with the path of each field and what is allowed, and nothing is written', async () => {
    const answer = await send('post', '/v1/campaigns', { ...definition('wrong'), delay: { after: 'soon' }, extra: 1 });
    expect(answer.status).toBe(422);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.problems.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['delay.after', 'extra']),
    );
    expect((await send('get', '/v1/campaigns/wrong')).status).toBe(404);
  });

  test('SC-002-7: session start as trigger and exception, and an exception without delay, are refused', async () => {
    const both = { trigger: { sessionStart: true }, delay: { after: '1 hour' }, exceptions: [{ sessionStart: true }] };
    const neither = { exceptions: [{ purchase: 'any' }] };
    for (const wrong of [both, neither]) {
      expect((await send('post', '/v1/campaigns', { ...definition('sc-002-7'), ...wrong })).status).toBe(422);
    }
  });

  test('a template that does not parse is refused by its path', async () => {
    const messages = [{ channel: 'email', subject: 'Hi {% broken %}', text: 'x' }];
    const answer = await send('post', '/v1/campaigns', definition('template', { messages }));
    expect(answer.status).toBe(422);
    expect(answer.body.problems).toEqual([
      { path: 'variants[0].messages.email.subject', message: 'unknown tag: broken' },
    ]);
  });
});

test('validation says how a definition was understood, or the line of what is wrong, and writes nothing', async () => {
  const before = await revision();
  const good = await send('post', '/v1/campaigns/validate', YAML.replace('Cart reminder', 'Never stored'));
  expect(good.body).toMatchObject({ valid: true, problems: [], definition: { key: 'never-stored' } });
  expect(good.body.sentence).toContain('wait 1 hour');
  const bad = await send('post', '/v1/campaigns/validate', `${YAML}\ndelays: 1`);
  expect(bad.status).toBe(200);
  expect(bad.body).toMatchObject({ valid: false, problems: [{ path: 'delays', line: expect.any(Number) }] });
  expect((await send('get', '/v1/campaigns/never-stored')).status).toBe(404);
  expect(await revision()).toBe(before);
});

describe('updating', () => {
  test('a changed definition is a new version; the old one stays', async () => {
    await send('post', '/v1/campaigns', definition('edit'));
    const answer = await send('put', '/v1/campaigns/edit', definition('edit', { name: 'Edited' }));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ key: 'edit', name: 'Edited', version: 2 });
    const { rows } = await api.database.pool.query(
      "select v.version, v.definition->>'name' as name from campaign_versions v join campaigns c on c.id = v.campaign_id where c.key = 'edit' order by 1",
    );
    expect(rows).toEqual([
      { version: 1, name: 'edit' },
      { version: 2, name: 'Edited' },
    ]);
  });

  test('an equal definition changes nothing', async () => {
    await send('post', '/v1/campaigns', definition('same'));
    const before = await revision();
    const answer = await send('put', '/v1/campaigns/same', definition('same'));
    expect(answer.body.version).toBe(1);
    expect(await revision()).toBe(before);
  });

  test('the key never changes: another one is refused, none is taken from the path', async () => {
    await send('post', '/v1/campaigns', definition('keep'));
    const other = await send('put', '/v1/campaigns/keep', definition('other'));
    expect(other.status).toBe(422);
    expect(other.body.problems).toEqual([expect.objectContaining({ path: 'key' })]);
    const { key: _key, ...without } = definition('keep', { name: 'Renamed' });
    expect((await send('put', '/v1/campaigns/keep', without)).body).toMatchObject({ key: 'keep', name: 'Renamed' });
    expect((await send('put', '/v1/campaigns/keep', YAML)).body).toMatchObject({ key: 'keep', name: 'Cart reminder' });
  });

  test('many edits at once make consecutive versions, none lost', async () => {
    await send('post', '/v1/campaigns', definition('busy'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        send('put', '/v1/campaigns/busy', definition('busy', { name: `n${index}` })),
      ),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

test('RE-10: a duplicate is a new draft with its own key', async () => {
  await send('post', '/v1/campaigns', definition('original'));
  await send('post', '/v1/campaigns/original/launch');
  const copy = await send('post', '/v1/campaigns/original/duplicate');
  expect(copy.status).toBe(201);
  expect(copy.body).toMatchObject({ key: 'original-copy', name: 'original (copy)', state: 'draft', version: 1 });
  const named = await send('post', '/v1/campaigns/original/duplicate', { key: 'second', name: 'Second' });
  expect(named.body).toMatchObject({ key: 'second', name: 'Second' });
  expect((await send('post', '/v1/campaigns/original/duplicate')).status).toBe(409);
  expect((await send('post', '/v1/campaigns/original/duplicate', { key: 'Not a key' })).status).toBe(422);
  expect((await send('post', '/v1/campaigns/nothing/duplicate')).status).toBe(404);
});

describe('lifecycle', () => {
  test('LC-01, LC-04: launch, stop, resume and archive, each with a new revision and an audit row', async () => {
    await send('post', '/v1/campaigns', definition('life'));
    const revisions = [await revision()];
    const states: object[] = [];
    for (const action of ['launch', 'stop', 'resume', 'archive']) {
      api.clock.now += 60_000;
      const { status, body } = await send('post', `/v1/campaigns/life/${action}`);
      expect(status).toBe(200);
      states.push({ state: body.state, since: Date.parse(body.activeSince) === api.clock.now });
      revisions.push(await revision());
    }
    expect(states).toEqual([
      { state: 'active', since: true },
      { state: 'stopped', since: false },
      { state: 'active', since: true },
      { state: 'archived', since: false },
    ]);
    expect(new Set(revisions).size).toBe(5);
    const rows = await audit('life');
    expect(rows.map(({ action }) => action)).toEqual([
      'campaign.create',
      'campaign.launch',
      'campaign.stop',
      'campaign.resume',
      'campaign.archive',
    ]);
    expect(rows.map(({ after }) => after.generation)).toEqual([1, 1, 2, 2, 3]);
    expect(rows[2].before).toMatchObject({ state: 'active', generation: 1 });
  });

  test.each([
    ['draft', [], 'stop', 'launch, archive'],
    ['active', ['launch'], 'launch', 'stop, archive'],
    ['stopped', ['launch', 'stop'], 'launch', 'resume, archive'],
    ['archived', ['archive'], 'resume', 'nothing more'],
  ])('LC-01: from %s what is not allowed is refused with what is', async (state, before, action, allowed) => {
    const name = `from-${state}`;
    await send('post', '/v1/campaigns', definition(name));
    for (const step of before) await send('post', `/v1/campaigns/${name}/${step}`);
    const answer = await send('post', `/v1/campaigns/${name}/${action}`);
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain(allowed);
    expect(answer.body.detail).toContain(state);
  });

  test('an archived campaign is not edited', async () => {
    await send('post', '/v1/campaigns', definition('final'));
    await send('post', '/v1/campaigns/final/archive');
    expect((await send('put', '/v1/campaigns/final', definition('final', { name: 'No' }))).status).toBe(409);
  });

  test('of two launches at once one wins', async () => {
    await send('post', '/v1/campaigns', definition('race'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => send('post', '/v1/campaigns/race/launch')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  test('LC-04: whoever waits when a campaign stops counts as cancelled at once', async () => {
    await send('post', '/v1/campaigns', definition('halt', { delay: { after: '1 hour' } }));
    await send('post', '/v1/campaigns/halt/launch');
    api.clock.now += 1_000;
    const time = new Date(api.clock.now).toISOString();
    const events = ['a', 'b'].map((id) => ({ external_id: id, name: 'x', time }));
    expect((await send('post', '/users/track', { events })).status).toBe(201);
    expect((await send('get', '/v1/campaigns/halt')).body.counts).toMatchObject({ waiting: 2, cancelled: {} });
    expect((await send('post', '/v1/campaigns/halt/stop')).body.counts).toMatchObject({
      waiting: 0,
      cancelled: { campaign_stopped: 2 },
    });
  });
});

test('campaigns are listed newest first, page by page, by state', async () => {
  const seen: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const { body } = await send('get', `/v1/campaigns?limit=3${next === '' ? '' : `&after=${next}`}`);
    expect(body.campaigns.length).toBeLessThanOrEqual(3);
    seen.push(...body.campaigns.map((campaign: { key: string }) => campaign.key));
    next = body.next;
  }
  const { rows } = await api.database.pool.query('select key from campaigns order by id desc');
  expect(seen).toEqual(rows.map((row) => row.key));
  const active = (await send('get', '/v1/campaigns?state=active&limit=100')).body.campaigns;
  expect(active.length).toBeGreaterThan(0);
  expect(active.every(({ state }: { state: string }) => state === 'active')).toBe(true);
});

test.each(['limit=0', 'limit=101', 'limit=x', 'after=x', 'state=gone', 'after=LTEuLTE'])(
  'a wrong query is refused: %s',
  async (query) => {
    const answer = await send('get', `/v1/campaigns?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.problems).toHaveLength(1);
  },
);

test('the JSON Schema of definitions is published', async () => {
  const answer = await request(api.app).get('/v1/schemas/campaign.json');
  expect(answer.status).toBe(200);
  expect(answer.body.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(JSON.stringify(answer.body)).toContain('"customEvent"');
});

test('a key that is no campaign, in whatever spelling, is simply not there', async () => {
  for (const path of ['nope', '%00', "';drop table users", encodeURIComponent('é'.repeat(50))]) {
    const { status } = await send('get', `/v1/campaigns/${path}`);
    expect([400, 404]).toContain(status);
  }
});
