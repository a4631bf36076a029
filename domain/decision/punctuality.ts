/**
 * A send that starts less than this long after its planned instant counts as made at that instant, so that a due time
 * of 16:59:59 does not miss a window or duration that closes at 17:00 by the machine's own latency, and a send one
 * re-eligibility period after another is not early by it (RE-13).
 */
export const PUNCTUALITY_MS = 60_000;

/** The instant that a receipt counts from: the planned one unless it came a minute late or more. In SQL `counted_instant`. */
export function countedInstant(plannedAt: number, receivedAt: number): number {
  return receivedAt - plannedAt < PUNCTUALITY_MS ? Math.min(plannedAt, receivedAt) : receivedAt;
}
