// Delays to a time of day, quiet hours and moving people, end to end: the run wakes when its row says, not before or after.

import request from 'supertest';
import {
  DAY,
  endings,
  event,
  goTo,
  HOUR,
  iso,
  launch,
  MINUTE,
  mailsTo,
  newcomer,
  nextAt,
  SECOND,
  track,
  until,
} from './world/people.js';
import { startWorld, type World } from './world/world.js';

describe('times of day, end to end', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  const sent = { outcome: 'sent', reason: 'sent' };
  const trigger = { customEvent: 'go' };

  /** Sent within the second after the instant. */
  async function expectSentAt(campaign: string, user: string, instant: number) {
    const [ending, ...more] = await endings(world, campaign, user);
    expect(more).toEqual([]);
    expect(ending).toMatchObject(sent);
    expect(iso(ending?.receivedAt ?? 0).slice(0, 16)).toBe(iso(instant).slice(0, 16));
    expect(ending?.receivedAt).toBeGreaterThanOrEqual(instant);
    expect(mailsTo(world, campaign, user)).toBe(1);
  }

  async function put(campaign: string, definition: object) {
    const messages = [{ channel: 'email', subject: `Message of ${campaign}`, text: 'Hello' }];
    const answer = await request(world.app)
      .put(`/v1/campaigns/${campaign}`)
      .set('authorization', `Bearer ${world.key}`)
      .send({ name: 'Edited', trigger, messages, ...definition });
    expect(answer.status).toBe(200);
  }

  it('SC-002-19: next Monday at 09:00 is the coming one, and a week later for whoever triggers on a Monday', async () => {
    const campaign = await launch(world, { trigger, delay: { nextWeekday: 'monday', at: '09:00' } });
    const [thursday, monday] = [await newcomer(world), await newcomer(world)];
    let noon = await nextAt(world, '12:00');
    while (new Date(noon).getUTCDay() !== 4) noon += DAY;
    await world.advanceTo(noon);
    await event(world, thursday, 'go');
    const atNine = noon + 4 * DAY - 3 * HOUR;
    await world.advanceTo(atNine - HOUR);
    await event(world, monday, 'go');
    await world.advanceTo(atNine + MINUTE);
    await world.settle();
    await expectSentAt(campaign, thursday, atNine);
    expect(mailsTo(world, campaign, monday)).toBe(0);
    await world.advanceTo(atNine + 7 * DAY + MINUTE);
    await world.settle();
    await expectSentAt(campaign, monday, atNine + 7 * DAY);
  });

  it('SC-002-19, AB-22: in 2 days at 09:00 counts the calendar, 2 days count the hours', async () => {
    const calendar = await launch(world, { trigger, delay: { inDays: 2, at: '09:00' } });
    const elapsed = await launch(world, { trigger, delay: { after: '2 days' } });
    const user = await newcomer(world);
    const start = await goTo(world, '21:00');
    await event(world, user, 'go');
    await world.advanceTo(start + 2 * DAY + MINUTE);
    await world.settle();
    await expectSentAt(calendar, user, start + DAY + 12 * HOUR);
    await expectSentAt(elapsed, user, start + 2 * DAY);
  });

  it('QH-01, QH-02, QH-07: quiet hours over midnight hold until they end, or drop', async () => {
    const hours = { from: '22:00', to: '06:00' };
    const holding = await launch(world, { trigger, delay: { after: '30 minutes' }, quietHours: hours });
    const aborting = await launch(world, {
      trigger,
      delay: { after: '30 minutes' },
      quietHours: { ...hours, policy: 'abort' },
    });
    const [evening, early] = [await newcomer(world), await newcomer(world)];
    const start = await goTo(world, '23:00');
    await event(world, evening, 'go');
    await world.advanceTo(start + 6 * HOUR);
    await event(world, early, 'go');
    await world.advanceTo(start + 7 * HOUR - SECOND);
    for (const user of [evening, early]) {
      expect(mailsTo(world, holding, user)).toBe(0);
      expect(await endings(world, aborting, user)).toMatchObject([{ outcome: 'dropped', reason: 'quiet_hours' }]);
    }
    await world.advanceTo(start + 7 * HOUR + MINUTE);
    await world.settle();
    for (const user of [evening, early]) await expectSentAt(holding, user, start + 7 * HOUR);
  });

  it('AB-15: who moves east gets it at 09:00 of the new clock, who moves west too', async () => {
    const campaign = await launch(world, { trigger, delay: { inDays: 1, at: '09:00' } });
    const [east, west] = [await newcomer(world, { time_zone: 'UTC' }), await newcomer(world, { time_zone: 'UTC' })];
    const start = await goTo(world, '12:00');
    await event(world, east, 'go');
    await event(world, west, 'go');
    await world.settle();
    await track(world, {
      attributes: [
        { external_id: east, time_zone: 'Asia/Tokyo' },
        // Without clock changes, all year: UTC−7.
        { external_id: west, time_zone: 'America/Phoenix' },
      ],
    });
    const nineUtc = start + 21 * HOUR;
    await world.advanceTo(nineUtc + 8 * HOUR);
    await world.settle();
    await expectSentAt(campaign, east, nineUtc - 9 * HOUR);
    await expectSentAt(campaign, west, nineUtc + 7 * HOUR);
  });

  it('AB-15, QH-01: who moves while held for quiet hours is not held for those of the old zone', async () => {
    const campaign = await launch(world, { trigger, quietHours: { from: '18:00', to: '09:00' } });
    const user = await newcomer(world, { time_zone: 'UTC' });
    const start = await goTo(world, '19:00');
    await event(world, user, 'go');
    await world.advanceTo(start + HOUR);
    expect(mailsTo(world, campaign, user)).toBe(0);
    // 05:00 of the next morning in Tokyo.
    await track(world, { attributes: [{ external_id: user, time_zone: 'Asia/Tokyo' }] });
    await world.advanceTo(start + 5 * HOUR + MINUTE);
    await world.settle();
    await expectSentAt(campaign, user, start + 5 * HOUR);
  });

  it('AB-15: an edit of the window is felt by whoever is held for the old one', async () => {
    const window = { from: '08:00', to: '17:00', missed: 'nextAvailable' };
    const campaign = await launch(world, { trigger, delay: { after: '8 hours' }, window });
    const user = await newcomer(world);
    const start = await goTo(world, '10:00');
    await event(world, user, 'go');
    await world.advanceTo(start + 9 * HOUR);
    expect(mailsTo(world, campaign, user)).toBe(0);
    await put(campaign, { delay: { after: '8 hours' }, window: { ...window, to: '22:00' } });
    await until(() => mailsTo(world, campaign, user) === 1, 'the message of the wider window');
    await world.settle();
    await expectSentAt(campaign, user, start + 9 * HOUR);
  });

  it('AB-23: today at a time that has passed enters nobody', async () => {
    const campaign = await launch(world, { trigger, delay: { inDays: 0, at: '09:00' } });
    const user = await newcomer(world);
    await goTo(world, '10:00');
    await event(world, user, 'go');
    await world.settle();
    expect(await endings(world, campaign, user)).toEqual([]);
    const explained = await request(world.app)
      .get(`/v1/explain?campaign=${campaign}&user=${user}`)
      .set('authorization', `Bearer ${world.key}`);
    expect(explained.body).toMatchObject({ reason: 'past_due' });
  });
});
