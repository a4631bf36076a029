// Audiences that count "in the last days", from the request that tests them to the sentence that explains them.
import { type Explaining, someEvent, startExplaining } from '../../setup/explaining.js';
import { DAY, HOUR, someone } from '../../setup/recording.js';

let r: Explaining;
beforeAll(async () => {
  r = await startExplaining();
});
afterAll(() => r.api.close());

/** 00:00 UTC of a day far enough from what other tests of the file left. */
let midnight: number;
beforeEach(() => {
  r.nextDay();
  midnight = Math.floor(r.api.clock.now / DAY) * DAY;
});

const at = (instant: number) => {
  r.api.clock.now = instant;
};
const iso = (instant: number) => new Date(instant).toISOString();
const waiting = async (campaign: string, user: string) => (await r.pairings(campaign, user)).length;
const stop = (campaign: string) => r.send('post', `/v1/campaigns/${campaign}/stop`);
const seen = async (campaign: string, user: string) =>
  (await r.rejections(campaign, user)).map(({ evidence }) => (evidence.seen as { value: unknown }[])[0]?.value);

const overTen = { moneySpent: { moreThan: 10, inLast: '7 days' } };

describe('money spent in the last days', () => {
  test('EV-05: "spent more than 10 in 7 days" and any purchase needs another purchase', async () => {
    const campaign = await r.launch({ audience: overTen, trigger: { purchase: 'any' } });
    const [apart, together] = [someone(), someone()];
    for (const price of [12.5, 1]) await r.purchase(apart, { price });
    expect([await waiting(campaign, apart), await seen(campaign, apart)]).toEqual([1, [0]]);

    const purchase = { external_id: together, product_id: 'sku', currency: 'EUR' };
    await r.track({ purchases: [5, 5, 0.01, 1].map((price) => ({ ...purchase, price })) });
    expect([await waiting(campaign, together), await seen(campaign, together)]).toEqual([1, [0, 5, 10]]);
    await stop(campaign);
  });

  test('EV-05, UT-07: a purchase of quantity 3 counts three and its money three times', async () => {
    const user = someone();
    await r.purchase(user, { price: 4, quantity: 3, product_id: 'hat' });
    const trigger = { customEvent: someEvent() };
    const inLast = '1 day';
    const inside = await r.launch({
      audience: {
        all: [
          { moneySpent: { equals: 12, inLast } },
          { purchaseCount: 'any', equals: 3, inLast },
          { purchaseCount: 'hat', equals: 3, inLast },
          { purchaseCount: 'shoe', equals: 0, inLast },
          { sessionCount: { lessThan: 1, inLast } },
          { moneySpent: { equals: 12 } },
        ],
      },
      trigger,
    });
    await r.event(user, trigger.customEvent);
    expect(await waiting(inside, user)).toBe(1);
  });

  test('SG-02: what was spent 7 days ago counts until that day ends, and then no more', async () => {
    const campaign = await r.launch({ audience: overTen, trigger: { purchase: 'any' } });
    const [inTime, tooLate] = [someone(), someone()];
    at(midnight + 10 * HOUR);
    for (const user of [inTime, tooLate]) await r.purchase(user, { price: 20 });
    at(midnight + 8 * DAY - 1);
    await r.purchase(inTime, { price: 1 });
    at(midnight + 8 * DAY);
    await r.purchase(tooLate, { price: 1 });
    expect([await waiting(campaign, inTime), await waiting(campaign, tooLate)]).toEqual([1, 0]);
    expect(await seen(campaign, tooLate)).toEqual([0, 0]);
    await stop(campaign);
  });

  test('EV-05: explain tells how much it was, and what a purchase now would do', async () => {
    const campaign = await r.launch({ audience: overTen, trigger: { purchase: 'any' } });
    const user = someone();
    await r.purchase(user, { price: 5 });
    await r.purchase(user, { price: 6 });
    const answer = await r.explain(campaign, user);
    expect(answer.sentence).toContain(
      'was not in the audience: “money spent in the last 7 days more than 10” (the value was 5).',
    );
    expect(answer.ifTriggeredNow).toMatchObject({ enters: true });
    at(midnight + 9 * DAY);
    expect((await r.explain(campaign, user)).ifTriggeredNow?.sentence).toContain(
      '“money spent in the last 7 days more than 10” (the value was 0)',
    );
    await stop(campaign);
  });
});

describe('events in the last days', () => {
  test('SG-02: the last 3 days of 01:00 count from 00:00 UTC three days before', async () => {
    const counted = someEvent();
    const trigger = { customEvent: someEvent() };
    const campaign = await r.launch({ audience: { eventCount: counted, atLeast: 1, inLast: '3 days' }, trigger });
    const [inside, outside] = [someone(), someone()];
    at(midnight + DAY + HOUR);
    const first = midnight - 2 * DAY;
    await r.event(inside, counted, { time: iso(first) });
    await r.event(outside, counted, { time: iso(first - 1) });
    for (const user of [inside, outside]) await r.event(user, trigger.customEvent);
    expect([await waiting(campaign, inside), await waiting(campaign, outside)]).toEqual([1, 0]);
  });

  test('SG-02: a trigger that arrives late is tested for its own day', async () => {
    const counted = someEvent();
    const trigger = { customEvent: someEvent() };
    const campaign = await r.launch({ audience: { eventCount: counted, atLeast: 1, inLast: '1 day' }, trigger });
    const user = someone();
    at(midnight + DAY + HOUR);
    await r.event(user, counted, { time: iso(midnight - DAY) });
    await r.event(user, trigger.customEvent, { time: iso(midnight + DAY - 1) });
    expect(await seen(campaign, user)).toEqual([]);
    expect(await waiting(campaign, user)).toBe(1);
  });

  test('SG-02: campaigns that count the same event over different days each see their own', async () => {
    const counted = someEvent();
    const trigger = { customEvent: someEvent() };
    const audience = (inLast: string) => ({ eventCount: counted, equals: 1, inLast });
    const short = await r.launch({ audience: audience('1 day'), trigger });
    const long = await r.launch({ audience: audience('10 days'), trigger });
    const ever = await r.launch({ audience: { eventCount: counted, equals: 2 }, trigger });
    const user = someone();
    at(midnight);
    await r.event(user, counted);
    at(midnight + 4 * DAY);
    await r.event(user, counted);
    await r.event(user, trigger.customEvent);
    expect(await waiting(short, user)).toBe(1);
    expect([await waiting(long, user), await seen(long, user)]).toEqual([0, [2]]);
    expect(await waiting(ever, user)).toBe(1);
  });

  test('SG-02: asked again at send, the days are those before the send', async () => {
    const counted = someEvent();
    const trigger = { customEvent: someEvent() };
    const rest = { trigger, delay: { after: '2 days' }, recheckAudience: true };
    const left = await r.launch({ audience: { eventCount: counted, atLeast: 1, inLast: '1 day' }, ...rest });
    const stays = await r.launch({ audience: { eventCount: counted, atLeast: 1, inLast: '2 days' }, ...rest });
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: `${user}@example.com` }] });
    for (const name of [counted, trigger.customEvent]) await r.event(user, name);
    expect(await r.explain(left, user)).toMatchObject({ status: 'will_not_receive', reason: 'left_audience' });
    expect((await r.explain(left, user)).sentence).toContain(
      `“number of ${counted} in the last 1 day at least 1” (the value was 0)`,
    );
    expect(await r.explain(stays, user)).toMatchObject({ status: 'will_receive' });
  });

  test('EV-04: of a parked trigger that is let in later, its own count is taken off again', async () => {
    const trigger = { customEvent: someEvent() };
    const campaign = await r.launch({ audience: { eventCount: 'other', atLeast: 0 }, trigger });
    const retryWith = async (audience: object) => {
      await r.api.database.pool.query(
        `update campaign_versions v set definition = jsonb_set(v.definition, '{audience}', $2::jsonb)
         from campaigns c where c.id = v.campaign_id and c.key = $1`,
        [campaign, JSON.stringify(audience)],
      );
      await r.api.database.pool.query('update campaigns_revision set revision = revision + 1');
    };
    await retryWith({ phaseOfMoon: 'full' });
    const user = someone();
    await r.event(user, trigger.customEvent);
    await retryWith({ eventCount: trigger.customEvent, equals: 0, inLast: '1 day' });
    const [parked] = await r.pairings(campaign, user);
    expect((await r.send('post', `/v1/parked/${parked?.id}/retry`)).body).toMatchObject({ state: 'waiting' });
  });
});
