// Between wall clock and instant. A wall-clock moment is held as the epoch ms it would be in UTC ("local ms"),
// so that calendar arithmetic is plain arithmetic: every local day has 24 hours.
import { zoneOffsetMs } from './zone.js';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

export function toLocalMs(at: number, zone: string): number {
  return at + zoneOffsetMs(zone, at);
}

export function startOfLocalDay(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}

/**
 * The first instant at which the zone's clock shows `localMs` or later. So a skipped moment is the first valid
 * instant after the gap and a repeated one its first occurrence (AB-56).
 */
export function firstInstantAt(localMs: number, zone: string): number {
  // A day on either side is beyond any offset, and zones do not change twice within two days.
  const offsetBefore = zoneOffsetMs(zone, localMs - DAY_MS);
  const offsetAfter = zoneOffsetMs(zone, localMs + DAY_MS);
  const byOldOffset = localMs - offsetBefore;
  if (zoneOffsetMs(zone, byOldOffset) === offsetBefore) return byOldOffset;
  const byNewOffset = localMs - offsetAfter;
  if (zoneOffsetMs(zone, byNewOffset) === offsetAfter) return byNewOffset;
  return firstInstantOfOffset(zone, offsetAfter, byNewOffset, byOldOffset);
}

/** The transition in (before, after], by bisection: 27 steps for the widest gap known, one whole day. */
function firstInstantOfOffset(zone: string, offset: number, before: number, after: number): number {
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(zone, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
