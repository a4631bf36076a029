// AB-15: what a move to another time zone does to somebody who waits.
import { DEFAULT_WORKSPACE as workspace } from '../workspace.js';
import { campaignOf, HOUR, TEN } from './examples.js';
import { rescheduleForZone, type Waiting } from './reschedule.js';

const at = (iso: string) => Date.parse(iso);
const tomorrowAtNine = { inDays: 1, at: '09:00' };
/** Waiting for nine o'clock of the next day in UTC, or for the instant given. */
const waiting = (definition: Parameters<typeof campaignOf>[0], more: Partial<Waiting> = {}): Waiting => {
  const campaign = campaignOf(definition);
  const dueAt = at('2025-03-07T09:00:00Z');
  return { triggerTime: TEN, dueAt, plannedAt: dueAt, wakeAt: dueAt, entered: campaign, campaign, ...more };
};
const move = (who: Waiting, timeZone: string | null, now = TEN) => rescheduleForZone(who, { timeZone, workspace, now });

test('AB-15, AB-22: a time of day is read on the new clock, earlier in the east and later in the west', () => {
  const who = waiting({ delay: tomorrowAtNine });
  const east = at('2025-03-07T00:00:00Z');
  expect(move(who, 'Asia/Tokyo')).toEqual({ dueAt: east, plannedAt: east, wakeAt: east });
  const west = at('2025-03-07T14:00:00Z');
  expect(move(who, 'America/New_York')).toEqual({ dueAt: west, plannedAt: west, wakeAt: west });
});

test('what would have been due already is due now', () => {
  const now = at('2025-03-07T05:00:00Z');
  expect(move(waiting({ delay: tomorrowAtNine }), 'Asia/Tokyo', now)).toEqual({
    dueAt: at('2025-03-07T00:00:00Z'),
    plannedAt: now,
    wakeAt: now,
  });
});

test('a length of time, another’s clock and the same hour elsewhere move nothing', () => {
  expect(move(waiting({ delay: { after: '1 day' } }), 'Asia/Tokyo')).toBeNull();
  expect(move(waiting({ delay: { ...tomorrowAtNine, zone: 'workspace' } }), 'Asia/Tokyo')).toBeNull();
  expect(move(waiting({ delay: tomorrowAtNine }), 'Africa/Abidjan')).toBeNull();
});

test('the delay is that of the rules it entered with', () => {
  const entered = campaignOf({ delay: { after: '1 day' } });
  expect(move(waiting({ delay: tomorrowAtNine }, { entered }), 'Asia/Tokyo')).toBeNull();
});

describe('a hold', () => {
  const until = at('2025-03-07T12:00:00Z');
  const held = { plannedAt: until, wakeAt: until };
  const delay = { after: '23 hours' };
  const now = at('2025-03-07T10:00:00Z');
  const lookedAtNow = { dueAt: at('2025-03-07T09:00:00Z'), plannedAt: now, wakeAt: now };
  const office = { from: '12:00', to: '17:00', missed: 'nextAvailable' };

  test('for a window or quiet hours on the person’s clock is looked at again at once', () => {
    expect(move(waiting({ delay, window: office }, held), 'Asia/Tokyo', now)).toEqual(lookedAtNow);
    expect(move(waiting({ delay, quietHours: { from: '06:00', to: '12:00' } }, held), 'Asia/Tokyo', now)).toEqual(
      lookedAtNow,
    );
  });

  test('B16: of our own, after one for hours, stays as late as it was', () => {
    const plannedAt = at('2025-03-07T09:30:00Z');
    expect(move(waiting({ delay, window: office }, { ...held, plannedAt }), 'Asia/Tokyo', now)).toEqual({
      ...lookedAtNow,
      plannedAt,
    });
  });

  test('on another clock, or for another reason, goes on', () => {
    expect(move(waiting({ delay, window: { ...office, zone: 'workspace' } }, held), 'Asia/Tokyo', now)).toBeNull();
    expect(move(waiting({ delay }, held), 'Asia/Tokyo', now)).toBeNull();
  });

  test('that is none, of somebody merely waiting, moves nothing', () => {
    expect(move(waiting({ delay, window: office }), 'Asia/Tokyo', TEN + HOUR)).toBeNull();
  });
});
