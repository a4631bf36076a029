// Campaigns that lead to campaigns, end to end: over HTTP, on real PostgreSQL, a real Temporal worker and a real mail server.
import {
  endings,
  event,
  HOUR,
  iso,
  launch,
  MINUTE,
  mailsTo,
  newcomer,
  post,
  purchase,
  someone,
  track,
} from './world/people.js';
import { startWorld, type World } from './world/world.js';

describe('campaigns that lead to campaigns', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({});
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  const sent = { outcome: 'sent', reason: 'sent' };

  it('CC-05, CC-06: a receipt starts the follow-up’s delay, and only an open within it cancels', async () => {
    const original = await launch(world, { trigger: { customEvent: 'ordered' } });
    const resend = await launch(world, {
      trigger: { received: original },
      delay: { after: '1 hour' },
      exceptions: [{ interaction: 'email_open', campaign: original }],
    });
    const [opener, other] = [await newcomer(world), await newcomer(world)];
    const start = await world.now();
    for (const user of [opener, other]) await event(world, user, 'ordered');
    await world.advanceTo(start + MINUTE);
    for (const user of [opener, other]) expect(mailsTo(world, original, user)).toBe(1);
    const open = { interaction: 'email_open', campaign: original, time: iso(await world.now()) };
    const interactions = [{ event_id: 'open-1', external_id: opener, ...open }];
    expect(await post(world, '/v1/interactions', { interactions }, 201)).toEqual({ accepted: 1, errors: [] });
    await world.advanceTo(start + 2 * HOUR);
    expect(await endings(world, resend, opener)).toMatchObject([{ outcome: 'cancelled', reason: 'exception' }]);
    expect(await endings(world, resend, other)).toMatchObject([sent]);
    expect([mailsTo(world, resend, opener), mailsTo(world, resend, other)]).toEqual([0, 1]);
  });

  it('CO-07, SC-002-20: campaign B fires when campaign A’s pending send is cancelled', async () => {
    const a = await launch(world, {
      trigger: { customEvent: 'add_to_cart' },
      delay: { after: '1 hour' },
      exceptions: [{ purchase: 'any' }],
    });
    const b = await launch(world, { trigger: { exceptionFiredOf: a } });
    const [buyer, other] = [await newcomer(world), await newcomer(world)];
    for (const user of [buyer, other]) await event(world, user, 'add_to_cart');
    await world.advanceTo((await world.now()) + MINUTE);
    await purchase(world, buyer);
    await world.advanceTo((await world.now()) + 2 * HOUR);
    expect([mailsTo(world, a, buyer), mailsTo(world, b, buyer)]).toEqual([0, 1]);
    expect([mailsTo(world, a, other), mailsTo(world, b, other)]).toEqual([1, 0]);
  });

  it('SC-002-16: an address added is written to at once, when it is one of the audience', async () => {
    const welcome = await launch(world, {
      trigger: { emailAdded: true },
      audience: { attribute: 'email', matchesRegex: '@example\\.com' },
    });
    const [ann, bob] = [someone(), someone()];
    await track(world, { attributes: [{ external_id: ann, email: `${ann}@example.com` }] });
    await track(world, { attributes: [{ external_id: bob, email: `${bob}@example.org` }] });
    await world.settle();
    expect(await endings(world, welcome, ann)).toMatchObject([sent]);
    expect(mailsTo(world, welcome, ann)).toBe(1);
    expect(await endings(world, welcome, bob)).toEqual([]);
  });
});
