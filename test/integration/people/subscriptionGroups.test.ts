// Subscription groups: set by track or by POST /subscription/status/set, and triggers on their changes.
import request from 'supertest';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

type Body = Readonly<Record<string, unknown>>;

const set = (body: unknown) => r.send('post', '/subscription/status/set', body as Body);
const group = (state: string, name = 'newsletter') => ({ subscription_group_id: name, subscription_state: state });
const groupsOf = async (user: string) => (await r.send('get', `/v1/users/${user}`)).body.subscriptionGroups;
const seen = async (campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ trigger_properties }) => trigger_properties);

async function known(attributes: Body = {}): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, a: 1, ...attributes }] });
  return user;
}

test('AB-02, AB-09: a change of state triggers, the same state does not, and the source is told', async () => {
  const any = await r.launch({ trigger: { subscriptionGroupChanged: 'newsletter' } });
  const joined = await r.launch({ trigger: { subscriptionGroupChanged: 'newsletter', to: 'subscribed' } });
  const byApi = await r.launch({ trigger: { subscriptionGroupChanged: 'newsletter', source: 'rest_api' } });
  const bySdk = await r.launch({ trigger: { subscriptionGroupChanged: 'newsletter', source: 'sdk' } });
  const other = await r.launch({ trigger: { subscriptionGroupChanged: 'offers' } });
  const user = await known();
  for (const state of ['subscribed', 'subscribed', 'unsubscribed']) {
    expect((await set({ ...group(state), external_id: user })).body).toEqual({ message: 'success' });
  }
  const [first, second] = [
    { from: null, to: 'subscribed', source: 'rest_api' },
    { from: 'subscribed', to: 'unsubscribed', source: 'rest_api' },
  ];
  expect(await seen(any, user)).toEqual([first, second]);
  expect(await seen(joined, user)).toEqual([first]);
  expect(await seen(byApi, user)).toEqual([first, second]);
  expect(await seen(bySdk, user)).toEqual([]);
  expect(await seen(other, user)).toEqual([]);
  expect(await groupsOf(user)).toEqual({ newsletter: 'unsubscribed' });
});

test('AB-09: track sets groups too, with its other attributes', async () => {
  const campaign = await r.launch({ trigger: { subscriptionGroupChanged: 'track', to: 'subscribed' } });
  const user = someone();
  const groups = [group('subscribed', 'track'), group('unsubscribed', 'offers')];
  await r.track({ attributes: [{ external_id: user, first_name: 'Ann', subscription_groups: groups }] });
  expect(await groupsOf(user)).toEqual({ track: 'subscribed', offers: 'unsubscribed' });
  expect((await r.send('get', `/v1/users/${user}`)).body.attributes).toEqual({ first_name: 'Ann' });
  expect(await seen(campaign, user)).toHaveLength(1);
});

test('SU-04: an address stands for every profile that has it', async () => {
  const campaign = await r.launch({ trigger: { subscriptionGroupChanged: 'shared' } });
  const email = 'shared@example.com';
  const [one, two, other] = [await known({ email }), await known({ email }), await known({ email: 'x@example.com' })];
  await set({ ...group('subscribed', 'shared'), email: [email, 'nobody@example.com'] }).expect(201, {
    message: 'success',
    unknown: 1,
  });
  for (const user of [one, two]) {
    expect(await groupsOf(user)).toEqual({ shared: 'subscribed' });
    expect(await seen(campaign, user)).toHaveLength(1);
  }
  expect(await groupsOf(other)).toEqual({});
  expect(await r.count("users where email = 'nobody@example.com'")).toBe(0);
});

test('SU-04: a person is in at most 100 groups, and may still leave them', async () => {
  const groups = Array.from({ length: 101 }, (_, n) => group('subscribed', `g${n}`));
  const user = await known({ subscription_groups: groups });
  expect(Object.keys(await groupsOf(user))).toHaveLength(100);
  await set({ ...group('unsubscribed', 'g7'), external_id: user });
  expect(await groupsOf(user)).toMatchObject({ g7: 'unsubscribed' });
});

test('UT-01: numbers name people by their decimal text, with all digits; null is as absent; ids have up to 987 bytes', async () => {
  const long = 'x'.repeat(987);
  await r.track({ attributes: ['1187654321098765312', '7', long].map((user) => ({ external_id: user, a: 1 })) });
  const post = (body: string) =>
    r.send('post', '/subscription/status/set').set('content-type', 'application/json').send(body);
  const base = '"subscription_group_id":"digits","subscription_state":"subscribed","email":null';
  expect((await post(`{${base},"external_id":[1187654321098765312,7,"${long}"]}`)).body).toEqual({
    message: 'success',
  });
  expect((await post(`{${base},"external_id":1187654321098765313}`)).body).toEqual({ message: 'success', unknown: 1 });
  for (const user of ['1187654321098765312', '7', long]) expect(await groupsOf(user)).toEqual({ digits: 'subscribed' });
});

test('ID-08: e-mail and phone together are refused in these words', async () => {
  const answer = await set({ ...group('subscribed'), email: 'a@example.com', phone: '+33123456' });
  expect([answer.status, answer.body.message]).toEqual([
    400,
    'Either an email address or a phone number should be provided, but not both.',
  ]);
});

test.each<[string, unknown]>([
  ['51 people', { ...group('subscribed'), external_id: Array.from({ length: 51 }, (_, n) => `u${n}`) }],
  [
    '26 of one kind and 25 of another',
    { ...group('subscribed'), external_id: Array(26).fill('u'), phone: Array(25).fill('+331234') },
  ],
  ['nobody', group('subscribed')],
  ['an empty list', { ...group('subscribed'), external_id: [] }],
  ['a global state', { ...group('opted_in'), external_id: 'u' }],
  ['no state', { subscription_group_id: 'newsletter', external_id: 'u' }],
  ['a hostile group', { ...group('subscribed', "'; drop table users"), external_id: 'u' }],
  ['a hostile id', { ...group('subscribed'), external_id: 'a\u0000b' }],
  ['an id of 988 bytes', { ...group('subscribed'), external_id: 'x'.repeat(988) }],
  ['true as id', { ...group('subscribed'), external_id: true }],
  ['no address', { ...group('subscribed'), email: 'not an address' }],
  ['a list', []],
])('ID-08: %s are refused', async (_, body) => {
  expect((await set(body)).status).toBe(400);
});

test('ID-08: 50 people are taken; those unknown are counted and not created', async () => {
  const user = await known();
  const ids = [user, ...Array.from({ length: 49 }, (_, n) => `nobody-${n}`)];
  await set({ ...group('subscribed'), external_id: ids }).expect(201, { message: 'success', unknown: 49 });
  expect(await r.count("users where external_id like 'nobody-%'")).toBe(0);
});

test.each([
  [{}],
  ['newsletter'],
  [[7]],
  [[group('maybe')]],
  [[{ ...group('subscribed'), subscription_group_id: '$x' }]],
])('AB-09: track refuses groups written as %j, and nothing else of the request', async (subscription_groups) => {
  const user = someone();
  const answer = await request(r.api.app)
    .post('/users/track')
    .set('authorization', await r.api.bearer('track'))
    .send({
      attributes: [
        { external_id: user, subscription_groups },
        { external_id: user, a: 1 },
      ],
    });
  expect(answer.body).toMatchObject({ attributes_processed: 1, errors: [{ input_array: 'attributes', index: 0 }] });
  expect(await groupsOf(user)).toEqual({});
});

test('nobody sets a group by the name it is kept under', async () => {
  const user = await known();
  const attributes = [{ external_id: user, '$group:newsletter': 'subscribed' }];
  expect((await r.send('post', '/users/track', { attributes })).status).toBe(400);
});
