/** Which segments a person is in, as they are now. */
import type { AskedAt } from '../domain/audience/askedAt.js';
import { checkLeaf } from '../domain/audience/checkFilter.js';
import { segmentsOf, withSegments } from '../domain/audience/segmentsOf.js';
import type { Queryable } from '../storage/pool.js';
import { loadSegmentFilters } from '../storage/queries/segments/segmentFilters.js';
import { listSegments, type StoredSegment } from '../storage/queries/segments/storedSegment.js';
import { loadPeople } from './people.js';

export interface SegmentOfPerson {
  readonly segment: StoredSegment;
  readonly isMember: boolean;
  /** Why it cannot be answered, where it cannot: the person is in none such. */
  readonly problem: string | null;
}

export interface SegmentsAsked extends AskedAt {
  readonly userId: number;
  /** Those older than this id; null: from the newest. */
  readonly beforeId: number | null;
  readonly limit: number;
}

/** Of a page of the active segments. Each is asked about by itself: what one reads of a person is bounded, what all do is not. */
export async function segmentsOfPerson(
  db: Queryable,
  { userId, beforeId, limit, ...askedAt }: SegmentsAsked,
): Promise<readonly SegmentOfPerson[]> {
  const page = await listSegments(db, { beforeId, state: 'active', tag: null, name: null, limit });
  const named = page.flatMap(({ definition: { audience } }) => segmentsOf(audience));
  const filters = await loadSegmentFilters(db, [...new Set(named)]);
  const answers: SegmentOfPerson[] = [];
  for (const segment of page) {
    const filter = withSegments(segment.definition.audience, filters);
    const [facts] = await loadPeople(db, filter, { now: askedAt.now, userIds: [userId] });
    if (facts === undefined) return [];
    const { pass: isMember, problem = null } = checkLeaf({ segment: segment.key, filter }, facts, askedAt);
    answers.push({ segment, isMember, problem });
  }
  return answers;
}
