// What counts as a receipt and what does not, and how fresh the audience is, end to end.
import { DAY, endings, event, HOUR, iso, launch, MINUTE, mailsTo, newcomer, put, track } from './world/people.js';
import { startWorld, type World } from './world/world.js';

describe('receipts', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  it('AB-42: what fell due after the end is no receipt: once the end is moved, the next trigger qualifies', async () => {
    const definition = { trigger: { customEvent: 'searched' }, delay: { after: '2 hours' } };
    const end = iso((await world.now()) + HOUR);
    const campaign = await launch(world, { ...definition, duration: { end } });
    const user = await newcomer(world);
    await event(world, user, 'searched');
    await world.advanceTo((await world.now()) + 3 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped', reason: 'after_end' }]);
    const message = { channel: 'email', subject: `Message of ${campaign}`, text: 'Hello' };
    await put(world, `/v1/campaigns/${campaign}`, { name: campaign, messages: [message], ...definition });
    await event(world, user, 'searched');
    await world.advanceTo((await world.now()) + 3 * HOUR);
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'dropped' }, { outcome: 'sent' }]);
    expect(mailsTo(world, campaign, user)).toBe(1);
  });

  it('AB-13, RE-05: two triggers of one second both send when the period is 0', async () => {
    const campaign = await launch(world, { trigger: { customEvent: 'pinged' }, reEligibility: { after: '0 seconds' } });
    const user = await newcomer(world);
    const time = iso(await world.now());
    const twice = [1, 2].map(() => ({ external_id: user, name: 'pinged', time }));
    await track(world, { events: twice });
    await world.settle();
    expect(await endings(world, campaign, user)).toMatchObject([{ outcome: 'sent' }, { outcome: 'sent' }]);
    expect(mailsTo(world, campaign, user)).toBe(2);
  });

  it('EV-10: who left the audience a minute before the message was due does not get it, who came back does', async () => {
    const campaign = await launch(world, {
      trigger: { customEvent: 'joined' },
      delay: { after: '1 day' },
      audience: { attribute: 'tier', equals: 'gold' },
      recheckAudience: true,
    });
    const [left, back] = [await newcomer(world, { tier: 'gold' }), await newcomer(world, { tier: 'gold' })];
    const start = await world.now();
    for (const user of [left, back]) await event(world, user, 'joined');
    await world.advanceTo(start + DAY - 2 * MINUTE);
    for (const user of [left, back]) await track(world, { attributes: [{ external_id: user, tier: 'silver' }] });
    await track(world, { attributes: [{ external_id: back, tier: 'gold' }] });
    await world.advanceTo(start + DAY + MINUTE);
    expect(await endings(world, campaign, left)).toMatchObject([{ outcome: 'dropped', reason: 'left_audience' }]);
    expect(await endings(world, campaign, back)).toMatchObject([{ outcome: 'sent' }]);
    expect([mailsTo(world, campaign, left), mailsTo(world, campaign, back)]).toEqual([0, 1]);
  });
});
