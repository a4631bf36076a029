import type { Delay } from '../campaign/entry.js';
import { dueInstant } from './delay.js';

const NINE = 9 * 60;
const monday: Delay = { kind: 'nextWeekday', weekday: 1, minute: NINE, zone: { kind: 'user' } };

function due(delay: Delay, trigger: string, zone: string): string {
  return new Date(dueInstant(delay, Date.parse(trigger), zone)).toISOString();
}

function inDays(days: number, minute = NINE): Delay {
  return { kind: 'inDays', days, minute, zone: { kind: 'user' } };
}

describe('when a delay ends', () => {
  it('AB-20: a length of time is elapsed time, also over a clock change', () => {
    expect(due({ kind: 'after', ms: 86_400_000 }, '2025-03-29T20:00Z', 'Europe/Paris')).toBe(
      '2025-03-30T20:00:00.000Z',
    );
  });

  it('AB-21, SC-002-19: next Monday at 09:00 is the coming one, and a week later when triggered on a Monday', () => {
    expect(due(monday, '2025-03-06T12:00Z', 'UTC')).toBe('2025-03-10T09:00:00.000Z');
    expect(due(monday, '2025-03-10T08:00Z', 'UTC')).toBe('2025-03-17T09:00:00.000Z');
  });

  it('AB-21: Saturday to Saturday is seven days, Friday to Saturday one', () => {
    const saturday: Delay = { ...monday, weekday: 6 };
    expect(due(saturday, '2025-03-08T23:59Z', 'UTC')).toBe('2025-03-15T09:00:00.000Z');
    expect(due(saturday, '2025-03-07T00:00Z', 'UTC')).toBe('2025-03-08T09:00:00.000Z');
  });

  it('AB-21: the weekday is the one on the person’s own calendar', () => {
    // Sunday in Paris, Monday already in Tokyo.
    expect(due(monday, '2025-03-09T16:00Z', 'Europe/Paris')).toBe('2025-03-10T08:00:00.000Z');
    expect(due(monday, '2025-03-09T16:00Z', 'Asia/Tokyo')).toBe('2025-03-17T00:00:00.000Z');
  });

  it('AB-22: Monday 21:00 and one day at 09:00 is Tuesday 09:00, twelve hours later', () => {
    expect(due(inDays(1), '2025-03-10T21:00Z', 'UTC')).toBe('2025-03-11T09:00:00.000Z');
  });

  it('AB-22: in 0 days at T is today, also where T has passed', () => {
    expect(due(inDays(0), '2025-03-10T21:00Z', 'UTC')).toBe('2025-03-10T09:00:00.000Z');
  });

  it('AB-22, AB-56: 02:30 on the day the clock goes forward is the end of the gap', () => {
    expect(due(inDays(1, 150), '2025-03-29T12:00Z', 'Europe/Paris')).toBe('2025-03-30T01:00:00.000Z');
  });

  it('AB-22, AB-56: 02:30 on the day the clock goes back is the first of the two', () => {
    expect(due(inDays(1, 150), '2025-10-25T12:00Z', 'Europe/Paris')).toBe('2025-10-26T00:30:00.000Z');
  });

  it('AB-22: 09:00 stays 09:00 over a clock change', () => {
    expect(due(inDays(1), '2025-03-29T08:00Z', 'Europe/Paris')).toBe('2025-03-30T07:00:00.000Z');
  });
});
