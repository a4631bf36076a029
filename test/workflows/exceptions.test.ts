// Triggers at once, exceptions whenever they arrive, debounce, and messages that come too late.

import {
  DAY,
  endings,
  event,
  get,
  HOUR,
  iso,
  launch,
  ledger,
  MINUTE,
  mailsTo,
  newcomer,
  purchase,
  receipts,
  refusals,
  someone,
  track,
} from './world/people.js';
import { passTime, sent } from './world/providers.js';
import { startWorld, type World } from './world/world.js';

let world: World;
/** An event of the test's own, so that campaigns of other tests stay out of it. */
let ping = '';

beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.stop(), 60_000);
beforeEach(() => {
  world.smtp.reset();
  ping = someone('ping');
});

describe('simultaneous triggers', () => {
  it('AB-36: of two, the first delivers and the second is dropped; both deliver if re-eligibility is 0', async () => {
    const base = { trigger: { customEvent: ping }, delay: { after: '10 minutes' } };
    const once = await launch(world, base);
    const always = await launch(world, { ...base, reEligibility: { after: '0 seconds' } });
    const user = await newcomer(world);
    const time = iso(await world.now());
    const twin = { external_id: user, name: ping, time };
    await track(world, { events: [twin, twin] });
    await passTime(world, HOUR);
    const outcomes = (await endings(world, once, user)).map(({ reason }) => reason).sort();
    expect(outcomes).toEqual(['already_received', 'sent']);
    expect(await endings(world, always, user)).toMatchObject([sent, sent]);
    expect([mailsTo(world, once, user), mailsTo(world, always, user)]).toEqual([1, 2]);
  });

  it('RE-01: fifty at once send one message', async () => {
    const campaign = await launch(world, { trigger: { customEvent: ping } });
    const user = await newcomer(world);
    await Promise.all(Array.from({ length: 50 }, () => event(world, user, ping)));
    await passTime(world, 5 * MINUTE);
    expect(mailsTo(world, campaign, user)).toBe(1);
    const all = await endings(world, campaign, user);
    expect(all.filter(({ outcome }) => outcome === 'sent')).toHaveLength(1);
    const others = all.filter(({ outcome }) => outcome !== 'sent').map(({ reason }) => reason);
    expect(new Set([...others, ...(await refusals(world, campaign, user))])).toEqual(new Set(['already_received']));
    expect(await receipts(world, campaign, user)).toEqual({ receipts: 1, received: 1 });
  });
});

describe('exceptions and time', () => {
  const hour = () => ({ trigger: { customEvent: ping }, delay: { after: '1 hour' } });

  it('AB-16, AB-38: a trigger that arrives late finds the exception recorded before it', async () => {
    const campaign = await launch(world, { ...hour(), exceptions: [{ purchase: 'any' }] });
    const [buyer, other] = [await newcomer(world), await newcomer(world)];
    const start = await world.now();
    await passTime(world, 30 * MINUTE);
    await purchase(world, buyer);
    await passTime(world, 2 * HOUR);
    for (const each of [buyer, other]) await event(world, each, ping, { time: iso(start + MINUTE) });
    await world.settle();
    expect(await endings(world, campaign, buyer)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
    expect(await endings(world, campaign, other)).toMatchObject([sent]);
  });

  it('SC-002-6, AB-33, AB-34: a trigger that is its own exception waits for quiet and sends once', async () => {
    const campaign = await launch(world, {
      trigger: { customEvent: ping },
      delay: { after: '10 minutes' },
      exceptions: [{ customEvent: ping }],
    });
    const start = await world.now();
    const minutes: readonly (readonly number[])[] = [
      [5, 10],
      [5, 10, 19],
    ];
    const users = [await newcomer(world), await newcomer(world)];
    for (let minute = 5; minute <= 40; minute++) {
      await world.advanceTo(start + minute * MINUTE);
      for (const [position, user] of users.entries()) {
        if (minutes[position]?.includes(minute)) await event(world, user, ping, { time: iso(start + minute * MINUTE) });
      }
    }
    await world.settle();
    const cancelled = { outcome: 'cancelled', reason: 'exception' };
    const [two = '', three = ''] = users;
    expect(await endings(world, campaign, two)).toMatchObject([cancelled, { ...sent, dueAt: start + 20 * MINUTE }]);
    expect(await endings(world, campaign, three)).toMatchObject([
      cancelled,
      cancelled,
      { ...sent, dueAt: start + 29 * MINUTE },
    ]);
    expect([mailsTo(world, campaign, two), mailsTo(world, campaign, three)]).toEqual([1, 1]);
  });

  it('AB-38: a debounce counts from the latest repeat by its own time, whatever the order of arrival', async () => {
    const campaign = await launch(world, {
      trigger: { customEvent: ping },
      delay: { after: '30 minutes' },
      exceptions: [{ customEvent: ping }],
    });
    const user = await newcomer(world);
    const start = await world.now();
    await passTime(world, 20 * MINUTE);
    for (const minute of [5, 19, 10]) await event(world, user, ping, { time: iso(start + minute * MINUTE) });
    await passTime(world, 2 * HOUR);
    const all = await endings(world, campaign, user);
    expect(all.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled', 'sent']);
    expect(all[2]?.dueAt).toBe(start + 49 * MINUTE);
  });

  it('AB-39: of two carts the bought one is not reminded and the other is', async () => {
    const key = someone('carts');
    const text = 'cart {{ event_properties.${cart_id} }}.';
    const campaign = await launch(world, {
      key,
      ...hour(),
      exceptions: [{ purchase: 'any', where: [{ property: 'cart_id', equalsTrigger: 'cart_id' }] }],
      reEligibility: { after: '0 seconds' },
      messages: [{ channel: 'email', subject: `Message of ${key}`, text }],
    });
    const user = await newcomer(world);
    for (const cart_id of ['bought', 'left']) await event(world, user, ping, { properties: { cart_id } });
    await passTime(world, MINUTE);
    await purchase(world, user, { properties: { cart_id: 'bought' } });
    await passTime(world, 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }, sent]);
    const mails = world.smtp.received.filter(({ bytes }) => bytes.includes(`Message of ${key}`));
    expect(mails).toHaveLength(1);
    expect(mails[0]?.bytes).toContain('cart left.');
  });

  it('AB-58: a message that could not be sent for 72 hours is dropped as stale', async () => {
    const campaign = await launch(world, { trigger: { customEvent: ping } });
    const user = await newcomer(world);
    world.smtp.behave('refuse');
    await event(world, user, ping);
    await passTime(world, 3 * DAY + 2 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'stale' }]);
    const { email } = await ledger(world, campaign, user);
    expect(email?.refusals).toBeGreaterThan(60);
    expect(await get(world, `/v1/explain?campaign=${campaign}&user=${user}`)).toMatchObject({ reason: 'stale' });
  });
});
