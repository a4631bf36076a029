// Triggers other than what people do: what campaigns do to people, and what changes in a profile. Through the API, on a
// real PostgreSQL; what was decided is read from the tables.
import { type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const states = async (campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ state, outcome }) => outcome ?? state);
const reasons = async (campaign: string, user: string) =>
  (await r.rejections(campaign, user)).map(({ reason }) => reason);
const delay = { after: '1 hour' };

describe('the exception of another campaign', () => {
  test('AB-01, CO-07, SC-002-20: fires when a pending send was cancelled, and only then', async () => {
    const cart = await r.launch({ trigger: { customEvent: 'cart' }, delay, exceptions: [{ purchase: 'any' }] });
    const thanks = await r.launch({ trigger: { exceptionFiredOf: cart } });
    const [buyer, idle] = [someone(), someone()];
    await r.purchase(idle);
    await r.event(buyer, 'cart');
    expect(await states(thanks, buyer)).toEqual([]);
    r.api.clock.now += SECOND;
    await r.purchase(buyer);
    expect(await states(cart, buyer)).toEqual(['cancelled']);
    expect(await states(thanks, buyer)).toEqual(['waiting']);
    expect(await states(thanks, idle)).toEqual([]);
  });

  test('CO-07: the follow-up’s audience sees people whom nothing else in the request concerns', async () => {
    const cart = await r.launch({ trigger: { customEvent: 'co07' }, delay, exceptions: [{ sessionStart: true }] });
    const gold = await r.launch({
      trigger: { exceptionFiredOf: cart },
      audience: {
        all: [
          { attribute: 'tier', equals: 'gold' },
          { eventCount: 'co07', atLeast: 1 },
        ],
      },
    });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, tier: 'gold' }] });
    await r.event(user, 'co07');
    await r.track({ events: [{ external_id: user, kind: 'session', time: r.iso(SECOND) }] });
    // A session at the very instant of the trigger comes after it in the stream.
    expect(await states(gold, user)).toEqual(['waiting']);
  });

  test('AB-38, CO-07: a late trigger that its stored exception cancels sets the follow-up off too', async () => {
    const cart = await r.launch({ trigger: { customEvent: 'late' }, delay, exceptions: [{ purchase: 'any' }] });
    r.api.clock.now += 10 * SECOND;
    const thanks = await r.launch({ trigger: { exceptionFiredOf: cart } });
    const user = someone();
    await r.purchase(user, {}, -SECOND);
    await r.event(user, 'late', {}, -5 * SECOND);
    expect(await states(cart, user)).toEqual(['cancelled']);
    expect(await states(thanks, user)).toEqual(['waiting']);
  });

  test('a chain of campaigns grows by one, and above ten is cut as a loop', async () => {
    const cart = await r.launch({ trigger: { customEvent: 'chain' }, delay, exceptions: [{ purchase: 'any' }] });
    const next = await r.launch({ trigger: { exceptionFiredOf: cart } });
    const [short, long] = [someone(), someone()];
    for (const [user, depth] of [
      [short, 9],
      [long, 10],
    ] as const) {
      await r.event(user, 'chain');
      await r.api.database.pool.query(
        'update pairings set chain_depth = $1 where user_id = (select id from users where external_id = $2)',
        [depth, user],
      );
      await r.purchase(user);
    }
    expect(await r.pairings(next, short)).toMatchObject([{ state: 'waiting', chain_depth: 10 }]);
    expect(await reasons(next, long)).toEqual(['loop']);
    expect(await states(next, long)).toEqual([]);
  });

  test('CC-08: a campaign may refer to itself only when it may be received again', async () => {
    const own = { key: 'selfish', name: 'Selfish', message: { channel: 'email', subject: 'x', text: 'x' } };
    const trigger = { exceptionFiredOf: 'selfish' };
    const refused = await r.send('post', '/v1/campaigns', { ...own, trigger });
    expect(refused.status).toBe(422);
    expect(refused.body.problems).toMatchObject([{ path: 'trigger', message: expect.stringContaining('CC-08') }]);
    const again = await r.send('post', '/v1/campaigns', { ...own, trigger, reEligibility: { after: '1 day' } });
    expect(again.status).toBe(201);
  });
});

describe('an e-mail address added', () => {
  test('EV-03, SC-002-16: the audience sees the new address', async () => {
    const campaign = await r.launch({
      trigger: { emailAdded: true },
      audience: { attribute: 'email', matchesRegex: 'gmail\\.com' },
    });
    const [ann, bob] = [someone(), someone()];
    await r.track({ attributes: [{ external_id: ann }, { external_id: bob }] });
    await r.track({ attributes: [{ external_id: ann, email: 'ann@gmail.com' }] });
    await r.track({ attributes: [{ external_id: bob, email: 'bob@yahoo.fr' }] });
    expect(await states(campaign, ann)).toEqual(['waiting']);
    expect(await reasons(campaign, bob)).toEqual(['outside_audience']);
  });

  test('AB-07, SC-002-16: fires once per profile, however many profiles have the address', async () => {
    const campaign = await r.launch({ trigger: { emailAdded: true }, reEligibility: { after: '0 seconds' } });
    const [one, two] = [someone(), someone()];
    await r.track({ attributes: [{ external_id: one, email: 'x@gmail.com' }] });
    await r.track({ attributes: [{ external_id: two, email: 'x@gmail.com' }] });
    for (const email of ['y@gmail.com', null, 'x@gmail.com']) {
      await r.track({ attributes: [{ external_id: one, email }] });
    }
    expect(await states(campaign, one)).toEqual(['waiting']);
    expect(await states(campaign, two)).toEqual(['waiting']);
  });

  test('AB-07: a profile created by its address has it added then, and an address taken back at once was not', async () => {
    const campaign = await r.launch({ trigger: { emailAdded: true } });
    const email = `${someone()}@example.com`;
    await r.track({ events: [{ email, name: 'hello' }] });
    await r.track({ events: [{ email, name: 'hello' }] });
    expect(
      await r.count(
        'pairings p join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id where c.key = $1 and u.email = $2',
        [campaign, email],
      ),
    ).toBe(1);
    const user = someone();
    await r.track({
      attributes: [
        { external_id: user, email },
        { external_id: user, email: null },
      ],
    });
    expect(await states(campaign, user)).toEqual([]);
  });

  test('nobody forges what Rappel itself saw', async () => {
    const campaign = await r.launch({ trigger: { emailAdded: true } });
    const user = someone();
    const answer = await r.send('post', '/users/track', {
      attributes: [{ external_id: user, $email_added: true }],
    });
    expect(answer.status).toBe(400);
    await r.track({
      events: [
        { external_id: user, name: 'email_added' },
        { external_id: user, name: 'attributes' },
      ],
    });
    expect(await states(campaign, user)).toEqual([]);
  });
});

describe('an attribute changed', () => {
  const to = async (user: string, tier: unknown) => r.track({ attributes: [{ external_id: user, tier }] });

  test('AB-02, AB-08: any new value triggers, of new people too; the same value and null do not', async () => {
    const campaign = await r.launch({ trigger: { attributeChanged: 'tier' } });
    const user = someone();
    await to(user, 'silver');
    await to(user, 'silver');
    await to(user, null);
    await to(user, 'silver');
    await to(user, true);
    await to(user, 7);
    expect(await r.pairings(campaign, user)).toMatchObject(
      [
        [null, 'silver'],
        [null, 'silver'],
        ['silver', true],
        [true, 7],
      ].map(([from, next]) => ({ trigger_name: 'tier', trigger_properties: { from, to: next } })),
    );
  });

  test('AB-08: a specific value, of its own type', async () => {
    const campaign = await r.launch({ trigger: { attributeChanged: 'tier', to: 1 } });
    const user = someone();
    for (const tier of ['1', true, 1, 2, 1]) await to(user, tier);
    expect(await states(campaign, user)).toEqual(['waiting', 'waiting']);
  });

  test('AB-08: lists and objects never trigger', async () => {
    const campaign = await r.launch({ trigger: { attributeChanged: 'tier' } });
    const user = someone();
    for (const tier of [['a'], ['a', 'b'], { a: 1 }, { add: ['c'] }]) await to(user, tier);
    expect(await states(campaign, user)).toEqual([]);
  });

  test('EV-02: the audience is tested after the change', async () => {
    const campaign = await r.launch({
      trigger: { attributeChanged: 'tier' },
      audience: { attribute: 'tier', equals: 'gold' },
    });
    const user = someone();
    await to(user, 'silver');
    await to(user, 'gold');
    expect(await reasons(campaign, user)).toEqual(['outside_audience']);
    expect(await states(campaign, user)).toEqual(['waiting']);
  });

  test('AB-09: a subscription that stays the same does not trigger', async () => {
    const any = await r.launch({ trigger: { emailSubscriptionChanged: true } });
    const optIn = await r.launch({ trigger: { emailSubscriptionChanged: true, to: 'opted_in' } });
    const push = await r.launch({ trigger: { pushSubscriptionChanged: true } });
    const user = someone();
    for (const email_subscribe of ['subscribed', 'opted_in', 'opted_in', 'unsubscribed']) {
      await r.track({ attributes: [{ external_id: user, email_subscribe }] });
    }
    expect(await states(any, user)).toEqual(['waiting', 'waiting']);
    expect(await states(optIn, user)).toEqual(['waiting']);
    expect(await states(push, user)).toEqual([]);
  });
});
