// Triggers other than what people do: what campaigns do to people, and what changes in a profile. Through the API, on a
// real PostgreSQL; what was decided is read from the tables.
import { type Recording, SECOND, someone, startRecording } from '../setup/recording.js';

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
