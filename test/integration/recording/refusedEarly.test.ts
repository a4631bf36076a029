// What can never reach anybody is refused before the launch; what can hardly be meant is told.
import request from 'supertest';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const mail = { channel: 'email', subject: 's', text: 't' };
const hook = { channel: 'webhook', url: 'https://hooks.example/' };
const definition = (more: object) => ({
  key: someone(),
  name: 'C',
  trigger: { sessionStart: true },
  messages: [mail],
  ...more,
});
const DAY = 86_400_000;
const date = (offsetMs: number) => r.iso(offsetMs).slice(0, 16);

describe('B9, M11, M12', () => {
  test.each([
    ['variants[0].messages.email.from', { messages: [{ ...mail, from: 'Shop' }] }],
    ['variants[0].messages.email.replyTo', { messages: [{ ...mail, replyTo: 'x@' }] }],
    ['variants[0].messages.webhook.headers', { messages: [{ ...hook, headers: { 'X-Mood': '🙂' } }] }],
    ['variants[0].messages.webhook.body', { messages: [{ ...hook, method: 'GET', body: { a: 1 } }] }],
    ['variants[0].messages.webhook.url', { messages: [{ ...hook, url: 'https://me:secret@hooks.example/' }] }],
    ['variants[0].messages.webhook.headers.Host', { messages: [{ ...hook, headers: { Host: 'x' } }] }],
    ['window', { delay: { after: '12 hours' }, window: { from: '09:00', to: '17:00' } }],
  ])('%s: refused by validate, create and edit alike, and its twin is taken', async (path, more) => {
    const written = definition(more);
    const at = [{ path: expect.stringContaining(path) }];
    const { body } = await r.send('post', '/v1/campaigns/validate', written);
    expect(body).toMatchObject({ valid: false, problems: at });
    const created = await r.send('post', '/v1/campaigns', written);
    expect([created.status, created.body.problems]).toMatchObject([422, at]);

    const twin = definition({ key: written.key });
    expect((await r.send('post', '/v1/campaigns', twin)).status).toBe(201);
    const edited = await r.send('put', `/v1/campaigns/${written.key}`, written);
    expect([edited.status, edited.body.problems]).toMatchObject([422, at]);
    expect((await r.send('get', `/v1/campaigns/${written.key}`)).body.version).toBe(1);
  });

  test.each(['application/json', 'application/yaml'])(
    'B3: a number whose digits would be lost is refused by its place, in quotes it is kept to the end (%s)',
    async (type) => {
      const digits = '1187654321098765312';
      const text = (key: string, value: string) =>
        `{"key": "${key}", "name": "C", "trigger": {"customEvent": "x", "where": [{"property": "cart", "equals": ${value}}]}, "messages": [${JSON.stringify(mail)}]}`;
      const post = (path: string, body: string) =>
        request(r.api.app).post(path).set('authorization', r.bearer).set('content-type', type).send(body);
      const key = someone();
      for (const path of ['/v1/campaigns/validate', '/v1/campaigns']) {
        const { body } = await post(path, text(key, digits));
        expect(body.problems).toMatchObject([{ message: 'has more digits than a number can hold' }]);
        expect(body.problems[0].path).toMatch(/where\[0\]\.equals$/);
      }
      const created = await post('/v1/campaigns', text(key, `"${digits}"`));
      expect(created.status).toBe(201);
      expect(JSON.stringify((await r.send('get', `/v1/campaigns/${key}`)).body)).toContain(`"${digits}"`);
    },
  );

  test('an unknown variable of a template is a warning, in validate, create and edit alike', async () => {
    const templates = createTemplates({ threads: 1 });
    const own = await startRecording({}, 1, { templates });
    const written = definition({ messages: [{ ...mail, subject: '{{ frist_name }}' }] });
    const warned = { path: 'variants[0].messages.email.subject', allowed: 'first_name, if that is meant' };
    for (const [method, path] of [
      ['post', '/v1/campaigns/validate'],
      ['post', '/v1/campaigns'],
      ['put', `/v1/campaigns/${written.key}`],
    ] as const) {
      const { body } = await own.send(method, path, written);
      expect(body.warnings).toMatchObject([warned]);
    }
    expect((await own.send('post', '/v1/campaigns', definition({}))).body.warnings).toEqual([]);
    await own.api.close();
    await templates.close();
  });

  test('a duration that is over is refused when it is made and when it would begin, not while it may last somewhere', async () => {
    const over = definition({ duration: { end: date(-2 * DAY) } });
    expect((await r.send('post', '/v1/campaigns/validate', over)).body).toMatchObject({
      valid: false,
      problems: [{ path: 'duration.end', message: expect.stringContaining('has passed already') }],
    });
    expect((await r.send('post', '/v1/campaigns', over)).status).toBe(422);
    const lasts = definition({ duration: { end: date(DAY), zone: 'user' } });
    expect((await r.send('post', '/v1/campaigns', lasts)).status).toBe(201);
    r.api.clock.now += 3 * DAY;
    const late = await r.send('post', `/v1/campaigns/${lasts.key}/launch`);
    expect([late.status, late.body.detail]).toEqual([
      409,
      expect.stringMatching(/cannot begin: its duration.end has passed/),
    ]);
    const edited = await r.send('put', `/v1/campaigns/${lasts.key}`, { ...lasts, name: 'D' });
    expect([edited.status, edited.body.warnings]).toMatchObject([200, [{ path: 'duration.end' }]]);
  });

  test('a campaign that does not exist is a warning until the launch, which refuses it', async () => {
    const follow = definition({ trigger: { received: 'nowhere' } });
    const { body } = await r.send('post', '/v1/campaigns/validate', follow);
    expect(body).toMatchObject({
      valid: true,
      warnings: [{ message: expect.stringContaining("campaign 'nowhere', which does not exist") }],
    });
    expect((await r.send('post', '/v1/campaigns', follow)).body.warnings).toHaveLength(1);
    expect((await r.send('post', `/v1/campaigns/${follow.key}/launch`)).status).toBe(409);
  });

  test('a host that only a setting allows is a warning that names it', async () => {
    const { body } = await r.send(
      'post',
      '/v1/campaigns',
      definition({ messages: [{ ...hook, url: 'http://10.0.0.1:8080/' }] }),
    );
    expect(body.warnings).toMatchObject([{ path: 'variants[0].messages.webhook.url' }]);
    expect(body.warnings[0].allowed).toContain("'10.0.0.1:8080' in WEBHOOK_ALLOW_HOSTS");
  });
});

test('H2: an existing key answers what is there, and that an edit is a request of its own', async () => {
  const event = someone();
  const campaign = await r.launch({ trigger: { customEvent: event }, delay: { after: '1 hour' } });
  for (let n = 0; n < 3; n++) await r.event(someone(), event);
  const before = (await r.send('get', `/v1/campaigns/${campaign}`)).body;
  const again = await r.send('post', '/v1/campaigns', definition({ key: campaign }));
  expect(again.status).toBe(409);
  expect(again.body.detail).toBe(
    `There is a campaign '${campaign}' already: active, version 1, 3 wait. See what an edit would change ` +
      `(PUT /v1/campaigns/${campaign}?preview=true), update it (PUT /v1/campaigns/${campaign}), or choose another key.`,
  );
  expect((await r.send('get', `/v1/campaigns/${campaign}`)).body).toEqual(before);
});
