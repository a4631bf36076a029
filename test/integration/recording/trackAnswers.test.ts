// What `/users/track` answers about items that were recorded in part, repeated, or about nobody; and what it reads.
import request from 'supertest';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
let key: string;
beforeAll(async () => {
  r = await startRecording();
  key = await r.api.bearer();
});
afterAll(() => r.api.close());

const post = (path: string, body: string | Buffer, type = 'application/json') =>
  request(r.api.app)
    .post(path)
    .set('authorization', key)
    .set('content-type', type)
    .serialize((sent) => sent)
    .send(body);
const userOf = async (id: string) => (await r.send('get', `/v1/users/${encodeURIComponent(id)}`)).body;

describe('B8, UT-13: a repeat is the same person, kind, name and event_id', () => {
  test('two people, and an event and its three purchase lines, may share an id; each is recorded', async () => {
    const [ann, bob] = [someone(), someone()];
    const time = r.iso();
    const event = { name: 'ordered', time, event_id: 'order-1' };
    const line = { currency: 'EUR', price: 5, time, event_id: 'order-1', external_id: ann };
    const body = {
      events: [
        { ...event, external_id: ann },
        { ...event, external_id: bob },
      ],
      purchases: ['hat', 'scarf', 'coat'].map((product_id) => ({ ...line, product_id })),
    };
    const first = await r.track(body);
    expect(first).toEqual({ message: 'success', events_processed: 2, purchases_processed: 3 });
    expect((await r.events(ann)).filter(({ kind }) => kind === 'purchase')).toHaveLength(3);
    expect((await r.events(bob)).filter(({ name }) => name === 'ordered')).toHaveLength(1);

    const again = await r.track({
      ...body,
      events: [...body.events, { ...event, external_id: ann, event_id: 'order-2' }],
    });
    expect(again).toEqual({ message: 'success', events_processed: 1, purchases_processed: 0, repeated: 5 });
    expect((await r.events(ann)).filter(({ name }) => name === 'ordered')).toHaveLength(2);
  });

  test('twice in one request is once, and told', async () => {
    const user = someone();
    const event = { external_id: user, name: 'e', event_id: 'twice' };
    expect(await r.track({ events: [event, event] })).toEqual({ message: 'success', events_processed: 1, repeated: 1 });
  });

  test('what an earlier release recorded under the id alone is a repeat for a week', async () => {
    const user = someone();
    await r.api.database.pool.query(
      "insert into event_keys (source_id, received_at) values ('track:old-1', $1), ('track:old-2', $2)",
      [r.iso(-6 * 86_400_000), r.iso(-8 * 86_400_000)],
    );
    const event = { external_id: user, name: 'e' };
    const answer = await r.track({
      events: [
        { ...event, event_id: 'old-1' },
        { ...event, event_id: 'old-2' },
      ],
    });
    expect(answer).toMatchObject({ events_processed: 1, repeated: 1 });
  });

  test('what an earlier release recorded in clear is a repeat for a week, of whoever was merged too', async () => {
    const [user, merged] = [someone(), someone()];
    await r.track({ attributes: [user, merged].map((external_id) => ({ external_id, a: 1 })) });
    const { rows } = await r.api.database.pool.query(
      'select id from users where external_id = any($1::text[]) order by external_id = $2',
      [[user, merged], merged],
    );
    await r.api.database.pool.query(
      'insert into event_keys (source_id, received_at) select * from unnest($1::text[], $2::timestamptz[])',
      [
        [`${rows[0].id}:custom:1:e:clear-1`, `${rows[0].id}:custom:1:e:clear-2`, `${rows[1].id}:custom:1:e:clear-3`],
        [r.iso(-6 * 86_400_000), r.iso(-8 * 86_400_000), r.iso(-8 * 86_400_000)],
      ],
    );
    const pair = { identifier_to_merge: { external_id: merged }, identifier_to_keep: { external_id: user } };
    expect((await r.send('post', '/users/merge', { merge_updates: [pair] })).body.merged).toBe(1);
    const events = ['clear-1', 'clear-2', 'clear-3', 'clear-4'].map((event_id) => ({
      external_id: user,
      name: 'e',
      event_id,
    }));
    expect(await r.track({ events })).toMatchObject({ events_processed: 2, repeated: 2 });
  });
});

test('UT-03: whoever may not be created is skipped without an error, counted as processed, and listed', async () => {
  const answer = await r.track({
    attributes: [
      { external_id: someone(), _update_existing_only: true, a: 1 },
      { external_id: someone(), a: 1 },
      { braze_id: 'an opaque text', a: 1 },
    ],
    events: [{ user_alias: { alias_label: 'crm', alias_name: someone() }, name: 'e' }],
  });
  expect(answer).toEqual({
    message: 'success',
    attributes_processed: 3,
    events_processed: 1,
    skipped: [
      { input_array: 'attributes', index: 0 },
      { input_array: 'attributes', index: 2 },
      { input_array: 'events', index: 0 },
    ],
  });
  expect(await r.track({ attributes: [{ external_id: someone(), _update_existing_only: true }] })).toMatchObject({
    attributes_processed: 1,
    skipped: [{ index: 0 }],
  });
});

test('M10: what was left out of an item is told by field, and the rest of it is recorded', async () => {
  const user = someone();
  const answer = await r.track({
    attributes: [
      { external_id: user, time_zone: 'Europe/Pariss', country: 'Atlantis', plan: 'pro', points: 9007199254740991 },
      { external_id: user, points: { inc: 2 }, tags: { add: 'x' }, email_subscribe: 'maybe' },
      { external_id: user, time_zone: 'Eastern Time (US & Canada)', balance: 0.1 },
      { external_id: user, balance: { inc: 0.2 } },
    ],
  });
  expect(answer).toMatchObject({ attributes_processed: 4 });
  const warnings = answer.warnings as { input_array: string; index: number; field: string; message: string }[];
  expect(warnings.map(({ input_array, index, field }) => [input_array, index, field])).toEqual([
    ['attributes', 0, 'time_zone'],
    ['attributes', 0, 'country'],
    ['attributes', 1, 'tags'],
    ['attributes', 1, 'points'],
    ['attributes', 1, 'email_subscribe'],
  ]);
  expect(warnings[0]?.message).toMatch(/not a time zone/);
  expect(await userOf(user)).toMatchObject({
    timeZone: 'America/New_York',
    attributes: { plan: 'pro', points: 9007199254740991, balance: 0.3 },
  });
});

describe('B3: digits end to end', () => {
  test('two carts that JavaScript takes for one are never one: the numbers are refused, the texts told apart', async () => {
    const user = someone();
    const campaign = await r.launch({
      trigger: { customEvent: user },
      delay: { after: '1 hour' },
      exceptions: [{ purchase: 'any', where: [{ property: 'cart', equalsTrigger: 'cart' }] }],
    });
    const event = (cart: string) =>
      post(
        '/users/track',
        `{"events":[{"external_id":"${user}","name":"${user}","time":"${r.iso()}","properties":{"cart":${cart}}}]}`,
      );
    const refused = await event('1187654321098765312');
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].type).toBe(
      "'properties.cart': Has more digits than a number can hold: send it in quotes, as a text",
    );
    for (const cart of ['"1187654321098765312"', '"1187654321098765313"', '42'])
      expect((await event(cart)).status).toBe(201);
    r.api.clock.now += 1_000;
    await r.purchase(user, { properties: { cart: '1187654321098765313' } });
    const states = (await r.pairings(campaign, user)).map(({ state, trigger_properties }) => [
      trigger_properties.cart,
      state,
    ]);
    expect(states).toEqual([
      ['1187654321098765312', 'waiting'],
      ['1187654321098765313', 'done'],
      [42, 'waiting'],
    ]);
  });

  test.each([
    [
      'application/json',
      '{"name":"x","trigger":{"customEvent":"e","where":[{"property":"p","equals":1187654321098765312}]},"messages":[{"channel":"email","subject":"s","text":"t"}]}',
    ],
    [
      'application/yaml',
      'name: x\ntrigger:\n  customEvent: e\n  where: [{ property: p, equals: 1187654321098765312 }]\nmessages: [{ channel: email, subject: s, text: t }]\n',
    ],
  ])('a definition as %s names the field', async (type, text) => {
    const { body } = await post('/v1/campaigns/validate', text, type);
    expect(body).toMatchObject({
      valid: false,
      problems: [{ path: 'trigger.where[0].equals', message: 'has more digits than a number can hold' }],
    });
    const { body: fine } = await post(
      '/v1/campaigns/validate',
      text.replace('1187654321098765312', '118765432109876'),
      type,
    );
    expect(fine.valid).toBe(true);
  });

  test('a numeric external id keeps its digits', async () => {
    await post(
      '/users/track',
      '{"attributes":[{"external_id":1187654321098765312,"a":1},{"external_id":1187654321098765313,"a":2}]}',
    );
    expect((await userOf('1187654321098765312')).attributes).toEqual({ a: 1 });
    expect((await userOf('1187654321098765313')).attributes).toEqual({ a: 2 });
  });
});

describe('B17: bodies are UTF-8', () => {
  const josé = Buffer.from('{"attributes":[{"external_id":"josé","a":1}]}', 'latin1');

  test.each([
    ['/users/track', 'application/json', josé],
    ['/users/track', 'application/json; charset=iso-8859-1', Buffer.from('{"attributes":[{"external_id":"jose"}]}')],
    ['/v1/campaigns/validate', 'application/yaml', Buffer.from('name: josé\n', 'latin1')],
    ['/v1/search', 'application/json', Buffer.from('{"q":"josé"}', 'latin1')],
  ])('%s %s that is not is refused', async (path, type, bytes) => {
    const { status, body } = await post(path, bytes, type);
    expect(status).toBe(400);
    expect(body.detail).toMatch(/^The body is not UTF-8: .*\. Send it as UTF-8\.$/);
  });

  test('UTF-8 with a byte order mark is taken, and josé and josè are two people', async () => {
    for (const name of ['josé', 'josè']) {
      const bytes = Buffer.from(`\ufeff{"attributes":[{"external_id":"${name}","a":"${name}"}]}`);
      expect((await post('/users/track', bytes, 'application/json; charset=UTF-8')).status).toBe(201);
    }
    expect((await userOf('josé')).attributes).toEqual({ a: 'josé' });
    expect((await userOf('josè')).attributes).toEqual({ a: 'josè' });
  });
});

describe('UT: answers and sizes that clients of the reference product expect', () => {
  test.each([
    ['/users/track', '{', 400],
    ['/users/track', '{"attributes":[{}]}', 400],
    ['/users/track', `{"attributes":[{"external_id":"a","x":"${'x'.repeat(4 * 1_048_576)}"}]}`, 413],
    ['/subscription/status/set', '{}', 400],
  ])('%s answers errors as application/json', async (path, body, status) => {
    const answer = await post(path, body);
    expect([answer.status, answer.type]).toEqual([status, 'application/json']);
    expect(answer.body.message).toEqual(expect.any(String));
  });

  test('our own routes keep problem+json', async () => {
    expect((await post('/v1/search', '{')).type).toBe('application/problem+json');
  });

  test('a body of 4 MiB is read, one of 1 MiB and more elsewhere is not', async () => {
    const properties = { text: 'x'.repeat(50_000) };
    const events = Array.from({ length: 75 }, () => ({ external_id: 'big', name: 'e', time: r.iso(), properties }));
    const body = JSON.stringify({ events });
    expect(body.length).toBeGreaterThan(3_500_000);
    expect((await post('/users/track', body)).body).toMatchObject({ events_processed: 75 });
    const { status, body: refused } = await post('/v1/search', JSON.stringify({ q: 'x'.repeat(1_048_576) }));
    expect([status, refused.detail]).toEqual([413, 'The body may have at most 1 MiB.']);
  });

  test('text that cannot be stored is refused on every route by the name of its field', async () => {
    const { status, body } = await post('/v1/search', '{"q":"a\\u0000"}');
    expect([status, body.problems]).toEqual([
      400,
      [{ path: 'q', message: expect.stringContaining('cannot be stored') }],
    ]);
  });
});
