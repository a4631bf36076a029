// When a delay that began at the trigger ends (AB-16, AB-20…22). Elapsed time counts real milliseconds; a time of day
// is looked up on the calendar of one zone, where a skipped moment is the end of the gap and a repeated one its first
// occurrence (AB-56).
import type { Delay } from '../campaign/entry.js';
import { DAY_MS, firstInstantAt, MINUTE_MS, startOfLocalDay, toLocalMs } from './localTime.js';

/** From the event's own time, on the calendar of `zone`; it may lie before the trigger where T has passed (AB-23). */
export function dueInstant(delay: Delay, triggerTime: number, zone: string): number {
  switch (delay.kind) {
    case 'none':
      return triggerTime;
    case 'after':
      return triggerTime + delay.ms;
    case 'inDays':
      return timeOfDay(triggerTime, zone, delay);
    case 'nextWeekday':
      return timeOfDay(triggerTime, zone, { days: daysUntil(delay.weekday, triggerTime, zone), minute: delay.minute });
    default:
      return delay satisfies never;
  }
}

function timeOfDay(
  triggerTime: number,
  zone: string,
  { days, minute }: { readonly days: number; readonly minute: number },
): number {
  const today = startOfLocalDay(toLocalMs(triggerTime, zone));
  return firstInstantAt(today + days * DAY_MS + minute * MINUTE_MS, zone);
}

/** AB-21: 1 to 7, as the trigger's own weekday means the following week. */
function daysUntil(weekday: number, triggerTime: number, zone: string): number {
  const today = isoWeekday(toLocalMs(triggerTime, zone));
  return (weekday - today + 7) % 7 || 7;
}

/** Monday = 1. The epoch began on a Thursday. */
function isoWeekday(localMs: number): number {
  const days = Math.floor(localMs / DAY_MS);
  return ((((days + 3) % 7) + 7) % 7) + 1;
}
