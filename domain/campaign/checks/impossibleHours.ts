// Delays and hours that do not go together: whoever triggers in the window would always fall due outside it, or in quiet
// hours that drop. Paths are those of the definition as it was written.

import { lengthMs } from '../../audience/timeOperands.js';
import type { RawProblem } from '../../schema/problems.js';
import { DAY_MS, MINUTE_MS } from '../../timing/localTime.js';
import { isMinuteInside } from '../../timing/window.js';
import type { DailyHours } from '../campaign.js';
import { compileQuietHours, compileWindow, minuteOf } from '../compile.js';
import type { DelaySpec, QuietHoursSpec, WindowSpec } from '../definition/timingSpec.js';

const DAY_MINUTES = 1_440;
/** A clock that is changed moves a due time by up to this much. */
const CLOCK_CHANGE_MINUTES = 60;

interface Hours {
  readonly delay: DelaySpec | undefined;
  readonly window: WindowSpec | undefined;
  readonly quietHours: QuietHoursSpec | undefined;
}

export function impossibleHours({ delay, window, quietHours }: Hours): readonly RawProblem[] {
  if (delay === undefined) return [];
  const problems: RawProblem[] = [];
  if (window !== undefined && window.missed === 'drop' && isNeverDueIn(delay, window)) {
    problems.push({
      path: ['window'],
      message:
        'is closed whenever this delay ends, for everybody who triggers while it is open: nobody ever receives this (AB-50)',
      allowed: "another delay, another window, or missed: 'nextAvailable'",
    });
  }
  if (quietHours?.policy === 'abort' && 'at' in delay && delay.zone === quietHours.zone) {
    if (isMinuteInside(compileQuietHours(quietHours), minuteOf(delay.at))) {
      problems.push({
        path: ['quietHours'],
        message: `drop everything that falls due at ${delay.at}: nobody ever receives this (QH-01)`,
        allowed: "another time of day, other quiet hours, or policy: 'hold'",
      });
    }
  }
  return problems;
}

function isNeverDueIn(delay: DelaySpec, window: WindowSpec): boolean {
  const hours = compileWindow(window);
  if ('at' in delay) return delay.zone === window.zone && !isMinuteInside(hours, minuteOf(delay.at));
  // Triggers and due times lie in one window: they are less than its length apart, on some day.
  const apart = (lengthMs(delay.after) % DAY_MS) / MINUTE_MS;
  const open = openMinutes(hours) + CLOCK_CHANGE_MINUTES;
  return apart >= open && DAY_MINUTES - apart >= open;
}

function openMinutes({ fromMinute, toMinute }: DailyHours): number {
  return toMinute > fromMinute ? toMinute - fromMinute : DAY_MINUTES - fromMinute + toMinute;
}
