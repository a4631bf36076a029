// When a delay that began at the trigger ends (AB-16, AB-20).
import type { Delay } from '../campaign/campaign.js';

/**
 * Elapsed time from the event's own time. Kinds that name a wall-clock time ("next Monday at 09:00") will take the
 * person's zone as a further argument.
 */
export function dueInstant(delay: Delay, triggerTime: number): number {
  switch (delay.kind) {
    case 'none':
      return triggerTime;
    case 'after':
      return triggerTime + delay.ms;
    default:
      return delay satisfies never;
  }
}
