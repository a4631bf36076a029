// The time-of-day window (AB-50…56) as real time: on each local day it is one interval from its opening instant to its
// closing instant, both found by `firstInstantAt`. Inside and next opening read the same intervals, so they always agree,
// on days of a clock change too: one whole inside a gap does not open that day, one over a repeated hour lasts longer.
import type { DailyHours } from '../campaign/campaign.js';
import { DAY_MS, firstInstantAt, MINUTE_MS, startOfLocalDay, toLocalMs } from './localTime.js';

interface Interval {
  readonly opensAt: number;
  readonly closesAt: number;
}

export function isInsideWindow(window: DailyHours, at: number, zone: string): boolean {
  const today = startOfLocalDay(toLocalMs(at, zone));
  // Yesterday's may wrap midnight. Tomorrow's may have opened already where the clock went back over midnight
  // (St John's, until 2011, from 00:01 to 23:01).
  for (let day = today + DAY_MS; day >= today - DAY_MS; day -= DAY_MS) {
    const { opensAt, closesAt } = intervalOf(window, day, zone);
    if (opensAt <= at && at < closesAt) return true;
  }
  return false;
}

/** When the hours that `at` lies in are over; `at` itself when it lies in none. */
export function endOfHours(hours: DailyHours, at: number, zone: string): number {
  const today = startOfLocalDay(toLocalMs(at, zone));
  let end = at;
  for (let day = today - DAY_MS; day <= today + DAY_MS; day += DAY_MS) {
    const { opensAt, closesAt } = intervalOf(hours, day, zone);
    // On a day of a clock change the next day's may begin before this one's have ended.
    if (opensAt <= end && end < closesAt) end = closesAt;
  }
  return end;
}

/** The smallest instant ≥ `at` at which the window opens; that instant is inside. */
export function nextWindowOpening(window: DailyHours, at: number, zone: string): number {
  const today = startOfLocalDay(toLocalMs(at, zone));
  for (let day = today - DAY_MS; day <= today + 7 * DAY_MS; day += DAY_MS) {
    const { opensAt, closesAt } = intervalOf(window, day, zone);
    if (opensAt >= at && opensAt < closesAt) return opensAt;
  }
  throw new RangeError(`The window ${window.fromMinute}–${window.toMinute} never opens: its ends must differ.`);
}

/** Whether a day without clock change has a minute that lies in the first and not in the second. */
export function haveFreeMinute(open: DailyHours, quiet: DailyHours): boolean {
  for (let minute = 0; minute < 1_440; minute += 1) {
    if (isMinuteInside(open, minute) && !isMinuteInside(quiet, minute)) return true;
  }
  return false;
}

/** On a day without clock change; `minute` counts from midnight. */
export function isMinuteInside({ fromMinute, toMinute }: DailyHours, minute: number): boolean {
  return fromMinute < toMinute ? fromMinute <= minute && minute < toMinute : fromMinute <= minute || minute < toMinute;
}

function intervalOf(window: DailyHours, day: number, zone: string): Interval {
  const wrapsMidnight = window.toMinute <= window.fromMinute;
  return {
    opensAt: firstInstantAt(day + window.fromMinute * MINUTE_MS, zone),
    closesAt: firstInstantAt(day + (wrapsMidnight ? DAY_MS : 0) + window.toMinute * MINUTE_MS, zone),
  };
}
