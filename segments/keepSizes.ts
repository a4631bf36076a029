/** The sizes of segments, kept once a UTC day for those that ask for it (`trackSize`). */
import { segmentsOf, withSegments } from '../domain/audience/segmentsOf.js';
import type { Workspace } from '../domain/workspace.js';
import type { Pool } from '../storage/pool.js';
import { loadSegmentFilters } from '../storage/queries/segments/segmentFilters.js';
import { insertSegmentSize, nextUnsizedSegment } from '../storage/queries/segments/segmentSizes.js';
import type { Clock } from '../telemetry/clock.js';
import { audienceSize } from './audienceSize.js';

/** Nobody waits for it: longer than a person would. */
const COUNTED_WITHIN_MS = 20_000;

export interface KeepSizesDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly workspace: Workspace;
}

/**
 * Keeps the size of each segment that has none of today. Two workers may count the same one: the first to end is kept. One that
 * is not answered in time is left for the next round, behind the others.
 */
export async function keepSizes({ pool, clock, workspace }: KeepSizesDeps): Promise<boolean> {
  for (let after = 0; ; ) {
    const now = await clock();
    const segment = await nextUnsizedSegment(pool, { now, after });
    if (segment === null) return false;
    const { id, audience } = segment;
    const filter = withSegments(audience, await loadSegmentFilters(pool, segmentsOf(audience)));
    const size = await audienceSize(pool, filter, { now, workspace, isLocalTime: false, timeoutMs: COUNTED_WITHIN_MS });
    if (size !== null) await insertSegmentSize(pool, { id, now, people: size.people, about: size.drawn !== null });
    after = id;
  }
}
