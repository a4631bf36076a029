// SC-002-*: action-based delivery end to end, over HTTP, on real PostgreSQL, a real Temporal worker and a real mail server.
// Told once, run by each test file with a worker of its own settings.
import {
  DAY,
  endings,
  event,
  get,
  goTo,
  HOUR,
  iso,
  launch,
  MINUTE,
  mailsTo,
  newcomer,
  post,
  purchase,
  refusals,
  SECOND,
  session,
  someone,
  track,
} from './people.js';
import { startWorld, type World, type WorldOptions } from './world.js';

export function actionBasedScenarios(options: WorldOptions): void {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(options);
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  const sent = { outcome: 'sent', reason: 'sent' };

  it('SC-002-1: only a cart value between 100 and 200 is reminded', async () => {
    const where = [
      { property: 'cart_value', atLeast: 100 },
      { property: 'cart_value', atMost: 200 },
    ];
    const campaign = await launch(world, { trigger: { customEvent: 'abandoned_cart', where } });
    for (const cart_value of [150, 100, 200]) {
      const user = await newcomer(world);
      await event(world, user, 'abandoned_cart', { properties: { cart_value } });
      await world.settle();
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
      expect(mailsTo(world, campaign, user)).toBe(1);
    }
    for (const properties of [{ cart_value: 99.99 }, { cart_value: 200.01 }, {}, { cart_value: '150' }]) {
      const user = await newcomer(world);
      await event(world, user, 'abandoned_cart', { properties });
      await world.settle();
      expect(await endings(world, campaign, user)).toEqual([]);
      expect(mailsTo(world, campaign, user)).toBe(0);
      expect(await get(world, `/v1/explain?campaign=${campaign}&user=${user}`)).toMatchObject({
        status: 'never_entered',
        reason: 'property_filter',
      });
    }
  });

  it('SC-002-2, AB-31, AB-32: a purchase within the hour cancels the cart reminder, and the next cart is reminded', async () => {
    const campaign = await launch(world, {
      trigger: { customEvent: 'add_to_cart' },
      delay: { after: '1 hour' },
      exceptions: [{ purchase: 'any' }],
    });
    const user = await newcomer(world);
    const start = await goTo(world, '10:00');
    await event(world, user, 'add_to_cart');
    await world.advanceTo(start + HOUR - SECOND);
    await purchase(world, user);
    await world.advanceTo(start + 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
    expect(mailsTo(world, campaign, user)).toBe(0);

    await event(world, user, 'add_to_cart');
    await world.advanceTo(start + 3 * HOUR + SECOND);
    await purchase(world, user);
    await world.settle();
    const [, second] = await endings(world, campaign, user);
    expect(second).toMatchObject(sent);
    expect(second?.receivedAt).toBeGreaterThanOrEqual(start + 3 * HOUR);
    expect(second?.receivedAt).toBeLessThan(start + 3 * HOUR + SECOND);
    expect(mailsTo(world, campaign, user)).toBe(1);
  });

  it('SC-002-3: a purchase before the trigger is no exception', async () => {
    const campaign = await launch(world, {
      trigger: { customEvent: 'add_to_cart' },
      delay: { after: '1 hour' },
      exceptions: [{ purchase: 'any' }],
    });
    const user = await newcomer(world);
    const start = await goTo(world, '09:59');
    await purchase(world, user);
    await world.advanceTo(start + MINUTE);
    await event(world, user, 'add_to_cart', { time: iso(start + MINUTE) });
    await world.advanceTo(start + MINUTE + HOUR);
    await world.settle();
    expect(await endings(world, campaign, user)).toMatchObject([{ ...sent, dueAt: start + MINUTE + HOUR }]);
    expect(mailsTo(world, campaign, user)).toBe(1);
  });

  it('SC-002-5: a welcome series of three campaigns arrives at once, after 3 and after 7 days, each once', async () => {
    const trigger = { customEvent: 'registered' };
    const series = [
      await launch(world, { trigger }),
      await launch(world, { trigger, delay: { after: '3 days' } }),
      await launch(world, { trigger, delay: { after: '7 days' } }),
    ];
    const user = await newcomer(world);
    const start = await goTo(world, '10:00');
    await event(world, user, 'registered');
    await world.advanceTo(start + 8 * DAY);
    const delays = [0, 3 * DAY, 7 * DAY];
    for (const [position, campaign] of series.entries()) {
      const [ending, ...more] = await endings(world, campaign, user);
      expect(more).toEqual([]);
      expect(ending).toMatchObject(sent);
      const late = (ending?.receivedAt ?? 0) - start - (delays[position] ?? 0);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(MINUTE);
      expect(mailsTo(world, campaign, user)).toBe(1);
    }
  });

  it('SC-002-7, AB-30, AB-35: session start as trigger and exception is refused, and so is an exception without delay', async () => {
    const message = { channel: 'email', subject: 'x', text: 'y' };
    const both = await post(
      world,
      '/v1/campaigns',
      {
        name: 'Both',
        trigger: { sessionStart: true },
        delay: { after: '1 hour' },
        exceptions: [{ sessionStart: true }],
        messages: [message],
      },
      422,
    );
    expect(JSON.stringify(both)).toContain('exceptions[0]');
    const noDelay = await post(
      world,
      '/v1/campaigns',
      { name: 'No delay', trigger: { customEvent: 'x' }, exceptions: [{ purchase: 'any' }], messages: [message] },
      422,
    );
    expect(JSON.stringify(noDelay)).toContain('exceptions');
    const allowed = { trigger: { customEvent: 'x' }, delay: { after: '1 hour' }, exceptions: [{ customEvent: 'x' }] };
    await post(world, '/v1/campaigns', { name: 'Allowed', ...allowed, messages: [message] }, 201);
  });

  it('SC-002-8, AB-40: what falls due after the end of the duration is not sent', async () => {
    const end = (await goTo(world, '20:00')) + 4 * HOUR;
    const trigger = { customEvent: 'searched' };
    const duration = { start: iso(end - 6 * DAY), end: iso(end), zone: 'workspace' };
    const campaign = await launch(world, { trigger, delay: { after: '2 hours' }, duration });
    const never = await launch(world, { trigger, delay: { after: '10 days' }, duration });
    const early = await newcomer(world);
    const late = await newcomer(world);
    await world.advanceTo(end - 3 * HOUR);
    await event(world, early, 'searched', { time: iso(end - 3 * HOUR) });
    await world.advanceTo(end - 90 * MINUTE);
    await event(world, late, 'searched', { time: iso(end - 90 * MINUTE) });
    await world.advanceTo(end + 11 * DAY);
    expect(await endings(world, campaign, early)).toMatchObject([{ ...sent, dueAt: end - HOUR }]);
    expect(await endings(world, campaign, late)).toMatchObject([{ outcome: 'dropped', reason: 'after_end' }]);
    expect([mailsTo(world, campaign, early), mailsTo(world, campaign, late)]).toEqual([1, 0]);
    for (const user of [early, late]) {
      expect(await endings(world, never, user)).toMatchObject([{ outcome: 'dropped', reason: 'after_end' }]);
      expect(mailsTo(world, never, user)).toBe(0);
    }
  });

  const OFFICE_HOURS = { from: '09:00', to: '17:00' };

  it('SC-002-9, AB-50, AB-53: a trigger outside the window is dropped, and the next one inside it is not', async () => {
    const campaign = await launch(world, { trigger: { customEvent: 'ping' }, window: OFFICE_HOURS });
    const user = await newcomer(world);
    const start = await goTo(world, '08:59');
    await event(world, user, 'ping');
    expect(await refusals(world, campaign, user)).toEqual(['outside_window']);
    const punctual = await newcomer(world);
    await world.advanceTo(start + MINUTE);
    await event(world, punctual, 'ping');
    await world.settle();
    expect(await endings(world, campaign, punctual)).toMatchObject([sent]);
    await world.advanceTo(start + DAY + 61 * MINUTE);
    await event(world, user, 'ping');
    await world.settle();
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    expect(mailsTo(world, campaign, user)).toBe(1);
  });

  it('SC-002-10, AB-50, AB-51, AB-52: a due time outside the window drops, or waits for the next opening if told to', async () => {
    const base = { trigger: { customEvent: 'ping' }, delay: { after: '3 hours' } };
    const drop = await launch(world, { ...base, window: OFFICE_HOURS });
    const next = await launch(world, { ...base, window: { ...OFFICE_HOURS, missed: 'nextAvailable' } });
    const early = await newcomer(world);
    const late = await newcomer(world);
    const start = await goTo(world, '08:00');
    await event(world, early, 'ping');
    await world.advanceTo(start + 7 * HOUR);
    await event(world, late, 'ping', { time: iso(start + 7 * HOUR) });
    await world.advanceTo(start + DAY + 2 * HOUR);
    expect(await endings(world, drop, late)).toMatchObject([{ outcome: 'dropped', reason: 'outside_window' }]);
    const [held] = await endings(world, next, late);
    expect(held).toMatchObject({ ...sent, dueAt: start + 10 * HOUR });
    expect(held?.receivedAt).toBeGreaterThanOrEqual(start + DAY + HOUR);
    expect(held?.receivedAt).toBeLessThan(start + DAY + HOUR + MINUTE);
    expect([mailsTo(world, drop, late), mailsTo(world, next, late)]).toEqual([0, 1]);
    for (const campaign of [drop, next]) {
      expect(await refusals(world, campaign, early)).toEqual(['outside_window']);
      expect(mailsTo(world, campaign, early)).toBe(0);
    }
  });

  it('SC-002-11, AB-54, AB-55: a next opening after the end of the duration is not waited for; a night window opens at night', async () => {
    const midnight = (await goTo(world, '12:00')) + 12 * HOUR;
    const ending = await launch(world, {
      trigger: { customEvent: 'ping' },
      delay: { after: '3 hours' },
      window: { ...OFFICE_HOURS, missed: 'nextAvailable' },
      duration: { end: iso(midnight), zone: 'workspace' },
    });
    const night = await launch(world, {
      trigger: { customEvent: 'night_ping' },
      delay: { after: '7 hours' },
      window: { from: '22:00', to: '06:00', missed: 'nextAvailable' },
    });
    const user = await newcomer(world);
    await world.advanceTo(midnight - 9 * HOUR);
    await event(world, user, 'ping');
    await world.advanceTo(midnight - 30 * MINUTE);
    await event(world, user, 'night_ping', { time: iso(midnight - 30 * MINUTE) });
    await world.advanceTo(midnight + DAY);
    expect(await endings(world, ending, user)).toMatchObject([{ outcome: 'dropped', reason: 'after_end' }]);
    expect(mailsTo(world, ending, user)).toBe(0);
    const [held] = await endings(world, night, user);
    expect(held).toMatchObject({ ...sent, dueAt: midnight + 390 * MINUTE });
    expect(held?.receivedAt).toBeGreaterThanOrEqual(midnight + 22 * HOUR);
    expect(held?.receivedAt).toBeLessThan(midnight + 22 * HOUR + MINUTE);
    expect(mailsTo(world, night, user)).toBe(1);
  });

  it('SC-002-12: the window is read on the person’s own clock', async () => {
    const campaign = await launch(world, { trigger: { customEvent: 'ping' }, window: OFFICE_HOURS });
    const morning = await newcomer(world, { time_zone: 'Asia/Tokyo' });
    const evening = await newcomer(world, { time_zone: 'Asia/Tokyo' });
    const start = await goTo(world, '00:30');
    await event(world, morning, 'ping');
    await world.settle();
    expect(await endings(world, campaign, morning)).toMatchObject([sent]);
    expect(mailsTo(world, campaign, morning)).toBe(1);
    await world.advanceTo(start + 8 * HOUR);
    await event(world, evening, 'ping');
    await world.settle();
    expect(await refusals(world, campaign, evening)).toEqual(['outside_window']);
    expect(mailsTo(world, campaign, evening)).toBe(0);
  });

  it('SC-002-13, RE-01, RE-04: two triggers send once; re-eligible after a day, the next send waits for exactly that', async () => {
    const trigger = { customEvent: 'ping' };
    const once = await launch(world, { trigger });
    const daily = await launch(world, { trigger, reEligibility: { after: '1 day' } });
    const user = await newcomer(world);
    await event(world, user, 'ping');
    await world.settle();
    const [first] = await endings(world, daily, user);
    const receivedAt = first?.receivedAt ?? Number.NaN;
    await world.advanceTo(receivedAt + DAY - SECOND);
    await event(world, user, 'ping', { time: iso(receivedAt + DAY - SECOND) });
    await world.settle();
    expect(await refusals(world, daily, user)).toEqual(['not_yet_re_eligible']);
    expect(mailsTo(world, daily, user)).toBe(1);
    await world.advanceTo(receivedAt + DAY);
    await event(world, user, 'ping', { time: iso(receivedAt + DAY) });
    await world.settle();
    expect(await endings(world, daily, user)).toMatchObject([sent, sent]);
    expect(mailsTo(world, daily, user)).toBe(2);
    expect(await endings(world, once, user)).toMatchObject([sent]);
    expect(await refusals(world, once, user)).toEqual(['already_received', 'already_received']);
    expect(mailsTo(world, once, user)).toBe(1);
  });

  it('SC-002-14: a trigger before the launch never sends, even if it would fall due after it', async () => {
    const user = await newcomer(world);
    const before = await world.now();
    await world.advanceTo(before + MINUTE);
    const campaign = await launch(world, { trigger: { customEvent: 'ping' }, delay: { after: '1 hour' } });
    await event(world, user, 'ping', { time: iso(before) });
    const after = await newcomer(world);
    await event(world, after, 'ping');
    await world.advanceTo(before + 2 * HOUR);
    expect(await refusals(world, campaign, user)).toEqual(['before_launch']);
    expect(await endings(world, campaign, after)).toMatchObject([sent]);
    expect([mailsTo(world, campaign, user), mailsTo(world, campaign, after)]).toEqual([0, 1]);
  });

  it('SC-002-15: the very first session can be the trigger of those without sessions', async () => {
    const campaign = await launch(world, {
      trigger: { sessionStart: true },
      audience: { sessionCount: { equals: 0 } },
      reEligibility: { after: '0 seconds' },
    });
    const user = await newcomer(world);
    await session(world, user);
    await world.settle();
    expect(await endings(world, campaign, user)).toMatchObject([sent]);
    await session(world, user);
    await world.settle();
    expect(await refusals(world, campaign, user)).toEqual(['outside_audience']);
    expect(mailsTo(world, campaign, user)).toBe(1);
  });

  it('SC-002-17: attributes of the same request count, those of a later one do not, a property filter always does', async () => {
    const trigger = { customEvent: 'registration' };
    const men = await launch(world, { trigger, audience: { attribute: 'gender', equals: 'M' } });
    const filtered = await launch(world, {
      trigger: { ...trigger, where: [{ property: 'gender', equals: 'M' }] },
    });
    const together = someone();
    const time = iso(await world.now());
    await track(world, {
      attributes: [{ external_id: together, email: `${together}@example.com`, gender: 'M' }],
      events: [{ external_id: together, name: 'registration', time }],
    });
    const apart = await newcomer(world);
    await event(world, apart, 'registration', { properties: { gender: 'M' } });
    await track(world, { attributes: [{ external_id: apart, gender: 'M' }] });
    await world.settle();
    expect(await endings(world, men, together)).toMatchObject([sent]);
    expect(await refusals(world, men, apart)).toEqual(['outside_audience']);
    expect(await endings(world, filtered, apart)).toMatchObject([sent]);
    expect([mailsTo(world, men, together), mailsTo(world, men, apart), mailsTo(world, filtered, apart)]).toEqual([
      1, 0, 1,
    ]);
  });

  it('SC-002-18, EV-07, AB-42: leaving the audience while waiting matters only if it is re-checked, and is no receipt', async () => {
    const base = {
      trigger: { customEvent: 'ping' },
      delay: { after: '1 day' },
      audience: { attribute: 'tier', equals: 'gold' },
    };
    const trusting = await launch(world, base);
    const checking = await launch(world, { ...base, recheckAudience: true });
    const user = await newcomer(world, { tier: 'gold' });
    const start = await world.now();
    await event(world, user, 'ping');
    await world.advanceTo(start + 6 * HOUR);
    await track(world, { attributes: [{ external_id: user, tier: 'silver' }] });
    await world.advanceTo(start + DAY + MINUTE);
    expect(await endings(world, trusting, user)).toMatchObject([sent]);
    expect(await endings(world, checking, user)).toMatchObject([{ outcome: 'dropped', reason: 'left_audience' }]);
    expect([mailsTo(world, trusting, user), mailsTo(world, checking, user)]).toEqual([1, 0]);

    await track(world, { attributes: [{ external_id: user, tier: 'gold' }] });
    await event(world, user, 'ping');
    await world.advanceTo(start + 3 * DAY);
    const [, again] = await endings(world, checking, user);
    expect(again).toMatchObject(sent);
    expect(mailsTo(world, checking, user)).toBe(1);
  });
}
