import type { TimeWindow } from '../campaign/campaign.js';
import { endOfHours, haveFreeMinute, isInsideWindow, nextWindowOpening } from './window.js';

const day: TimeWindow = { fromMinute: 9 * 60, toMinute: 17 * 60, zone: { kind: 'user' }, missed: 'drop' };
const night: TimeWindow = { ...day, fromMinute: 22 * 60, toMinute: 6 * 60 };

function at(iso: string): number {
  return Date.parse(iso);
}

function opening(window: TimeWindow, iso: string, zone: string): string {
  return new Date(nextWindowOpening(window, at(iso), zone)).toISOString();
}

describe('the time-of-day window', () => {
  it('SC-002-9: 08:59 is outside of 09:00–17:00 and 09:00 inside; 17:00 is outside again', () => {
    expect(isInsideWindow(day, at('2025-03-06T08:59:59.999Z'), 'UTC')).toBe(false);
    expect(isInsideWindow(day, at('2025-03-06T09:00Z'), 'UTC')).toBe(true);
    expect(isInsideWindow(day, at('2025-03-06T16:59:59.999Z'), 'UTC')).toBe(true);
    expect(isInsideWindow(day, at('2025-03-06T17:00Z'), 'UTC')).toBe(false);
  });

  it('SC-002-10: what falls due at 18:00 waits for 09:00 of the next day', () => {
    expect(opening(day, '2025-03-06T18:00Z', 'UTC')).toBe('2025-03-07T09:00:00.000Z');
  });

  it('SC-002-11: what falls due at 06:30 waits for 22:00 of that day, where the window wraps midnight', () => {
    expect(isInsideWindow(night, at('2025-03-06T23:30Z'), 'UTC')).toBe(true);
    expect(isInsideWindow(night, at('2025-03-07T06:30Z'), 'UTC')).toBe(false);
    expect(opening(night, '2025-03-07T06:30Z', 'UTC')).toBe('2025-03-07T22:00:00.000Z');
  });

  it('SC-002-12: the hours are those of the person’s zone', () => {
    expect(isInsideWindow(day, at('2025-03-06T00:30Z'), 'Asia/Tokyo')).toBe(true);
    expect(isInsideWindow(day, at('2025-03-06T08:30Z'), 'Asia/Tokyo')).toBe(false);
  });

  it('AB-55: 23:30 and 05:59 are inside 22:00–06:00, 06:00 is outside', () => {
    expect(isInsideWindow(night, at('2025-03-06T05:59:59.999Z'), 'UTC')).toBe(true);
    expect(isInsideWindow(night, at('2025-03-06T06:00Z'), 'UTC')).toBe(false);
    expect(isInsideWindow(night, at('2025-03-06T22:00Z'), 'UTC')).toBe(true);
  });

  it('AB-56: a window that opens at a skipped time opens right after the gap', () => {
    const early = { ...day, fromMinute: 150, toMinute: 300 };
    expect(opening(early, '2025-03-30T00:00Z', 'Europe/Paris')).toBe('2025-03-30T01:00:00.000Z');
    expect(isInsideWindow(early, at('2025-03-30T00:59:59.999Z'), 'Europe/Paris')).toBe(false);
    expect(isInsideWindow(early, at('2025-03-30T01:00Z'), 'Europe/Paris')).toBe(true);
  });

  it('AB-56: a window that opens at a repeated time opens at its first occurrence and stays open over the second', () => {
    const early = { ...day, fromMinute: 150, toMinute: 300 };
    expect(opening(early, '2025-10-25T12:00Z', 'Europe/Paris')).toBe('2025-10-26T00:30:00.000Z');
    expect(isInsideWindow(early, at('2025-10-26T01:10Z'), 'Europe/Paris')).toBe(true);
    expect(isInsideWindow(early, at('2025-10-26T04:00Z'), 'Europe/Paris')).toBe(false);
  });

  it('AB-56: a window that lies wholly in a gap does not open that day', () => {
    const gap = { ...day, fromMinute: 130, toMinute: 170 };
    expect(opening(gap, '2025-03-29T12:00Z', 'Europe/Paris')).toBe('2025-03-31T00:10:00.000Z');
  });

  it('a local day that never was (Samoa, 30 December 2011) has no window of its own', () => {
    expect(opening(day, '2011-12-30T05:00Z', 'Pacific/Apia')).toBe('2011-12-30T19:00:00.000Z');
    expect(opening(day, '2011-12-29T20:00Z', 'Pacific/Apia')).toBe('2011-12-30T19:00:00.000Z');
  });

  it('AB-56: a window that opened at midnight stays open when the clock goes back over it (St John’s, 2010)', () => {
    const small = { ...day, fromMinute: 0, toMinute: 300 };
    const zone = 'America/St_Johns';
    expect(opening(small, '2010-11-07T00:00Z', zone)).toBe('2010-11-07T02:30:00.000Z');
    // 23:30 of the 6th, for the second time.
    expect(isInsideWindow(small, at('2010-11-07T03:00Z'), zone)).toBe(true);
    expect(opening(small, '2010-11-07T03:00Z', zone)).toBe('2010-11-08T03:30:00.000Z');
  });
});

describe('quiet hours', () => {
  const end = (iso: string) => new Date(endOfHours(night, at(iso), 'UTC')).toISOString();

  it('QH-02: end at their end, on this day or the next; outside of them it is always that', () => {
    expect(end('2025-03-06T22:00Z')).toBe('2025-03-07T06:00:00.000Z');
    expect(end('2025-03-07T05:30Z')).toBe('2025-03-07T06:00:00.000Z');
    expect(end('2025-03-07T06:00Z')).toBe('2025-03-07T06:00:00.000Z');
    expect(end('2025-03-07T21:59:59.999Z')).toBe('2025-03-07T21:59:59.999Z');
  });

  it.each<[string, [number, number], [number, number], boolean]>([
    ['all day long', [0, 1_440], [0, 1_440], false],
    ['but the last minute of the day', [0, 1_440], [0, 1_439], true],
    ['but the first minute of the day', [0, 1_440], [1, 1_440], true],
    ['over midnight, but a minute', [0, 1_440], [600, 599], true],
    ['over the whole window', [540, 1_020], [540, 1_020], false],
    ['over more than the window', [540, 1_020], [0, 1_440], false],
    ['from a minute after its opening', [540, 1_020], [541, 1_020], true],
    ['until a minute before its closing', [540, 1_020], [540, 1_019], true],
    ['over midnight, around a window that does too', [1_380, 300], [1_320, 360], false],
    ['over midnight, a minute late', [1_380, 300], [1_381, 360], true],
    ['over midnight, a minute short', [1_380, 300], [1_320, 299], true],
    ['over the evening part only', [1_380, 300], [1_380, 1_440], true],
    ['over the morning part only', [1_380, 300], [0, 300], true],
    ['beside the window', [540, 600], [600, 540], true],
  ])('QH-03: %s', (_what, [openFrom, openTo], [quietFrom, quietTo], isFree) => {
    const open = { fromMinute: openFrom, toMinute: openTo };
    expect(haveFreeMinute(open, { fromMinute: quietFrom, toMinute: quietTo })).toBe(isFree);
  });
});
