// Locations: circles managed by /v1/locations, and people who enter them.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

type Body = Readonly<Record<string, unknown>>;
const PARIS = { latitude: 48.8566, longitude: 2.3522 };
const NEAR_PARIS = { latitude: 48.8567, longitude: 2.3523 };
const LONDON = { latitude: 51.5074, longitude: -0.1278 };

let serial = 0;
async function circle(more: Body = {}): Promise<string> {
  serial += 1;
  const key = `shop-${serial}`;
  await r.send('post', '/v1/locations', { key, name: 'Shop', ...PARIS, radius: 200, ...more }).expect(201);
  return key;
}
const moveTo = (user: string, ...positions: readonly unknown[]) =>
  r.track({ attributes: positions.map((current_location) => ({ external_id: user, current_location })) });
const states = async (campaign: string, user: string) => (await r.pairings(campaign, user)).map(({ state }) => state);

describe('entering a location', () => {
  test('AB-01, SC-002-20: triggers once per entry, not while inside, and again after leaving', async () => {
    const shop = await circle();
    const campaign = await r.launch({ trigger: { locationEntered: shop }, reEligibility: { after: '0 seconds' } });
    const user = someone();
    const counts: number[] = [];
    for (const position of [LONDON, PARIS, PARIS, NEAR_PARIS, LONDON, NEAR_PARIS, PARIS]) {
      await moveTo(user, position);
      counts.push((await states(campaign, user)).length);
    }
    expect(counts).toEqual([0, 1, 1, 1, 1, 2, 2]);
    expect(await r.pairings(campaign, user)).toMatchObject([
      { trigger_name: `$location:${shop}`, trigger_properties: { from: null, to: 'entered' } },
      {},
    ]);
  });

  test('AB-01: the first position known may be an entry, and one request may pass through', async () => {
    const shop = await circle();
    const elsewhere = await circle(LONDON);
    const campaign = await r.launch({ trigger: { locationEntered: shop } });
    const other = await r.launch({ trigger: { locationEntered: elsewhere } });
    const [first, passing, back] = [someone(), someone(), someone()];
    await moveTo(first, PARIS);
    await moveTo(passing, { latitude: 0, longitude: 0 }, PARIS, LONDON);
    await moveTo(back, { latitude: 0, longitude: 0 });
    await moveTo(back, PARIS, { latitude: 0, longitude: 0 });
    for (const user of [first, passing, back]) expect(await states(campaign, user)).toEqual(['waiting']);
    expect(await states(other, passing)).toEqual(['waiting']);
  });

  test('a circle drawn around somebody is entered only from outside', async () => {
    const user = someone();
    await moveTo(user, PARIS);
    const campaign = await r.launch({ trigger: { locationEntered: await circle() } });
    await moveTo(user, NEAR_PARIS);
    expect(await states(campaign, user)).toEqual([]);
  });

  test('what is no position leaves the person where they were, and nobody forges an entry', async () => {
    const shop = await circle();
    const campaign = await r.launch({ trigger: { locationEntered: shop } });
    const user = someone();
    await moveTo(user, LONDON);
    await moveTo(
      user,
      'Paris',
      [48.8, 2.3],
      { latitude: 91, longitude: 0 },
      { latitude: '48.8566', longitude: 2.3522 },
    );
    expect((await r.send('get', `/v1/users/${user}`)).body.attributes).toEqual({ current_location: LONDON });
    const forged = { external_id: user, [`$location:${shop}`]: 'entered' };
    expect((await r.send('post', '/users/track', { attributes: [forged] })).status).toBe(400);
    expect(await states(campaign, user)).toEqual([]);
  });
});

describe('/v1/locations', () => {
  test('creates, reads, lists page by page and deletes, and keeps account of it', async () => {
    const keys = [await circle(), await circle(), await circle()];
    const [one] = keys;
    const read = await r.send('get', `/v1/locations/${one}`);
    expect(read.body).toMatchObject({ key: one, name: 'Shop', ...PARIS, radius: 200 });
    const first = await r.send('get', '/v1/locations?limit=2');
    expect(first.body.locations.map(({ key }: { key: string }) => key)).toEqual([keys[2], keys[1]]);
    const second = await r.send('get', `/v1/locations?limit=1&after=${first.body.next}`);
    expect(second.body.locations).toMatchObject([{ key: one }]);
    await r.send('delete', `/v1/locations/${one}`).expect(200);
    await r.send('get', `/v1/locations/${one}`).expect(404);
    await r.send('delete', `/v1/locations/${one}`).expect(404);
    expect(await r.count('audit_log where subject = $1', [`location/${one}`])).toBe(2);
  });

  test('a key is taken once, and a location in use stays', async () => {
    const shop = await circle();
    const taken = await r.send('post', '/v1/locations', { key: shop, name: 'x', ...PARIS, radius: 200 });
    expect(taken.status).toBe(409);
    const campaign = await r.launch({ trigger: { locationEntered: shop } });
    const refused = await r.send('delete', `/v1/locations/${shop}`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(campaign)]);
    await r.send('post', `/v1/campaigns/${campaign}/stop`).expect(200);
    await r.send('delete', `/v1/locations/${shop}`).expect(200);
  });

  test.each<[string, Body]>([
    ['radius', { radius: 9 }],
    ['radius', { radius: 100_001 }],
    ['radius', { radius: 10.5 }],
    ['latitude', { latitude: 90.1 }],
    ['longitude', { longitude: -181 }],
    ['latitude', { latitude: '48' }],
    ['key', { key: "'; drop table locations" }],
    ['key', { key: '' }],
    ['name', { name: ' ' }],
    ['colour', { colour: 'red' }],
  ])('refuses a location of which %s is wrong: %j', async (path, more) => {
    const { status, body } = await r.send('post', '/v1/locations', {
      key: 'k',
      name: 'K',
      ...PARIS,
      radius: 100,
      ...more,
    });
    expect([status, body.problems?.[0]?.path]).toEqual([422, path]);
  });

  test('refuses a name that PostgreSQL cannot store, as any text of a body', async () => {
    const { status, body } = await r.send('post', '/v1/locations', {
      key: 'k',
      name: 'a\u0000b',
      ...PARIS,
      radius: 100,
    });
    expect([status, body.problems?.[0]?.path]).toEqual([400, 'name']);
  });
});

describe('what a definition refers to', () => {
  const draft = (trigger: Body): Body => ({
    key: `refers-${++serial}`,
    name: 'Refers',
    trigger,
    message: { channel: 'email', subject: 'x', text: 'x' },
  });

  test.each([
    [{ locationEntered: 'nowhere' }],
    [{ received: 'nothing' }],
    [{ interaction: 'email_open', campaign: 'nothing' }],
  ])('CC-03: a draft may refer by %j to what does not exist, and is not launched before it does', async (trigger) => {
    const definition = draft(trigger);
    await r.send('post', '/v1/campaigns', definition).expect(201);
    const refused = await r.send('post', `/v1/campaigns/${definition.key}/launch`, {});
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('does not exist')]);
    expect((await r.send('get', `/v1/campaigns/${definition.key}`)).body.state).toBe('draft');
  });

  test('CC-03: a follow-up of a draft is launched before the draft', async () => {
    const original = draft({ customEvent: 'x' });
    await r.send('post', '/v1/campaigns', original).expect(201);
    const followUp = draft({ received: original.key });
    await r.send('post', '/v1/campaigns', followUp).expect(201);
    await r.send('post', `/v1/campaigns/${followUp.key}/launch`, {}).expect(200);
    const edited = { ...followUp, trigger: { received: 'nothing' } };
    expect((await r.send('put', `/v1/campaigns/${followUp.key}`, edited)).status).toBe(409);
  });
});
