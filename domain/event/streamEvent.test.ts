import { EVENT_KINDS, isOfCampaign } from './kinds.js';
import { isAfter, latestInstant } from './streamEvent.js';

describe('an event of the stream', () => {
  it('AB-31a: comes after another by (time, sequence), and never after itself', () => {
    const event = { time: 10, seq: 5 };
    expect(isAfter({ time: 11, seq: 1 }, event)).toBe(true);
    expect(isAfter({ time: 9, seq: 9 }, event)).toBe(false);
    expect(isAfter({ time: 10, seq: 6 }, event)).toBe(true);
    expect(isAfter({ time: 10, seq: 4 }, event)).toBe(false);
    expect(isAfter(event, event)).toBe(false);
  });

  it('AB-18: without a fraction is ordered against the others of its second by arrival, and by time against all else', () => {
    const whole = { time: 5_000, seq: 5, isWholeSecond: true };
    for (const time of [5_000, 5_412, 5_999]) {
      for (const isWholeSecond of [false, true]) {
        const later = { time: isWholeSecond ? 5_000 : time, seq: 6, isWholeSecond };
        const earlier = { ...later, seq: 4 };
        expect([isAfter(later, whole), isAfter(whole, later)]).toEqual([true, false]);
        expect([isAfter(earlier, whole), isAfter(whole, earlier)]).toEqual([false, true]);
      }
    }
    expect(isAfter({ time: 6_000, seq: 1 }, whole)).toBe(true);
    expect(isAfter({ time: 4_999, seq: 9 }, whole)).toBe(false);
    expect(isAfter(whole, whole)).toBe(false);
  });

  it('AB-18: without a fraction may have happened up to the end of its second', () => {
    expect(latestInstant({ time: 5_000, isWholeSecond: true })).toBe(5_999);
    expect(latestInstant({ time: 5_000 })).toBe(5_000);
    expect(latestInstant({ time: 5_412, isWholeSecond: false })).toBe(5_412);
  });

  it('CC-01: is about a campaign when it was received, interacted with, converted by or fired by its exception', () => {
    expect(EVENT_KINDS.filter(isOfCampaign)).toEqual(['received', 'exceptionFired', 'interaction', 'converted']);
  });
});
