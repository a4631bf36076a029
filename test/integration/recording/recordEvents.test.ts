// Recording is deciding: what one request leaves in the stream, the counters, the pairings and the outbox.
import { DAY, HOUR, MINUTE, type Recording, someone, startRecording } from '../../setup/recording.js';
import { namesOf, totalOf } from './readBack.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const names = (campaign: string, user: string) => namesOf(r, campaign, user);
const reasons = async (campaign: string, user: string) =>
  (await r.rejections(campaign, user)).map(({ reason }) => reason);

const total = (user: string, kind: string, name: string) => totalOf(r, user, kind, name);

describe('order within a request', () => {
  test('EV-04, EV-08: attributes are applied before events, wherever they stand in the request', async () => {
    const campaign = await r.launch({
      audience: { attribute: 'tier', equals: 'gold' },
      trigger: { customEvent: 'ev08' },
    });
    const user = someone();
    await r.track({
      events: [{ external_id: user, name: 'ev08' }],
      attributes: [
        { external_id: user, tier: 'silver' },
        { external_id: user, tier: 'gold' },
      ],
    });
    expect(await names(campaign, user)).toEqual(['waiting']);
  });

  test('EV-08: events come before purchases of the same request', async () => {
    const user = someone();
    await r.track({
      purchases: [{ external_id: user, product_id: 'sku', currency: 'EUR', price: 1 }],
      events: [
        { external_id: user, name: 'first' },
        { external_id: user, kind: 'session' },
      ],
      attributes: [{ external_id: user, a: 1 }],
    });
    expect((await r.events(user)).map(({ kind }) => kind)).toEqual(['attributes', 'custom', 'session', 'purchase']);
  });

  test('EV-09: an event in a request before the attribute meets the audience without it', async () => {
    const campaign = await r.launch({
      audience: { attribute: 'tier', equals: 'gold' },
      trigger: { customEvent: 'ev09' },
    });
    const user = someone();
    await r.event(user, 'ev09');
    await r.track({ attributes: [{ external_id: user, tier: 'gold' }] });
    expect(await names(campaign, user)).toEqual([]);
    const [rejection] = await r.rejections(campaign, user);
    expect(rejection).toMatchObject({
      reason: 'outside_audience',
      evidence: { seen: [{ filter: 'tier equals gold', value: null }] },
    });
  });
});

describe('the audience sees counters before the trigger’s own', () => {
  test('EV-05: the first E only joins the audience, the second triggers, within one request too', async () => {
    const campaign = await r.launch({ audience: { eventCount: 'ev05', atLeast: 1 }, trigger: { customEvent: 'ev05' } });
    const [apart, together] = [someone(), someone()];
    await r.event(apart, 'ev05');
    expect(await reasons(campaign, apart)).toEqual(['outside_audience']);
    await r.event(apart, 'ev05');
    expect(await names(campaign, apart)).toEqual(['waiting']);
    await r.track({ events: [1, 2, 3].map(() => ({ external_id: together, name: 'ev05' })) });
    expect(await names(campaign, together)).toEqual(['waiting', 'waiting']);
    expect(await reasons(campaign, together)).toEqual(['outside_audience']);
  });

  test('EV-05: "has purchased" and any purchase needs another purchase', async () => {
    const campaign = await r.launch({
      audience: { purchaseCount: 'any', atLeast: 1 },
      trigger: { purchase: 'any' },
    });
    const user = someone();
    await r.purchase(user);
    expect(await names(campaign, user)).toEqual([]);
    await r.purchase(user, { product_id: 'other' });
    expect(await names(campaign, user)).toEqual(['waiting']);
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
  });

  test('EV-06: the first session enters an audience of no sessions, the second does not', async () => {
    const campaign = await r.launch({ audience: { sessionCount: { equals: 0 } }, trigger: { sessionStart: true } });
    const user = someone();
    await r.track({ events: [1, 2].map(() => ({ external_id: user, kind: 'session' })) });
    expect(await names(campaign, user)).toEqual(['waiting']);
    expect(await reasons(campaign, user)).toEqual(['outside_audience']);
    await r.send('post', `/v1/campaigns/${campaign}/stop`);
  });

  test('EV-01: two campaigns with one trigger are judged each for itself', async () => {
    const inside = await r.launch({ trigger: { customEvent: 'ev01' } });
    const outside = await r.launch({
      audience: { attribute: 'country', equals: 'FR' },
      trigger: { customEvent: 'ev01' },
    });
    const user = someone();
    await r.event(user, 'ev01');
    expect([await names(inside, user), await names(outside, user)]).toEqual([['waiting'], []]);
  });
});

describe('time', () => {
  test('UT-06, AB-17: a future time becomes now', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'ut06' }, delay: { after: '1 hour' } });
    const user = someone();
    await r.event(user, 'ut06', {}, 3 * DAY);
    expect((await r.events(user))[0]?.time).toBe(r.api.clock.now);
    expect((await r.pairings(campaign, user))[0]?.due_at).toBe(r.api.clock.now + HOUR);
  });

  test('AB-16: the delay counts from the event’s own time; the due instant may be past', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'ab16' }, delay: { after: '1 hour' } });
    r.api.clock.now += 5 * HOUR;
    const user = someone();
    await r.event(user, 'ab16', {}, -3 * HOUR);
    expect(await r.pairings(campaign, user)).toMatchObject([{ state: 'waiting', due_at: r.api.clock.now - 2 * HOUR }]);
  });

  test('AB-16: exactly 24 hours old still triggers, a millisecond more counts but triggers nothing', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'old' } });
    r.api.clock.now += 2 * DAY;
    const [inTime, tooOld] = [someone(), someone()];
    await r.event(inTime, 'old', {}, -DAY);
    await r.event(tooOld, 'old', {}, -DAY - 1);
    expect(await names(campaign, inTime)).toEqual(['waiting']);
    expect(await names(campaign, tooOld)).toEqual([]);
    expect(await r.rejections(campaign, tooOld)).toMatchObject([
      { reason: 'too_old', evidence: { happenedAt: r.iso(-DAY - 1), recordedAt: r.iso(), maxAgeHours: 24 } },
    ]);
    expect(await total(tooOld, 'custom', 'old')).toMatchObject({ count: 1 });
  });

  test('AB-10: what happened before the launch never qualifies', async () => {
    const campaign = await r.launch({ trigger: { customEvent: 'ab10' }, delay: { after: '1 hour' } });
    const launchedAt = r.iso();
    const user = someone();
    r.api.clock.now += MINUTE;
    await r.event(user, 'ab10', {}, -MINUTE - 1);
    await r.event(user, 'ab10', {}, -MINUTE);
    expect(await names(campaign, user)).toEqual(['waiting']);
    expect(await r.rejections(campaign, user)).toMatchObject([
      { reason: 'before_launch', evidence: { activeSince: launchedAt } },
    ]);
  });
});
