/** What each filter of an audience says of one person: unlike `evaluateFilter`, which stops once the answer is known. */
import type { UserFacts } from '../facts/userFacts.js';
import type { Json } from '../json.js';
import type { AskedAt } from './askedAt.js';
import { describeFilter, evaluateFilter, type Filter, type LeafFilter, type SegmentFilter } from './filter.js';

export type CheckedFilter = CheckedGroup | CheckedSegment | CheckedLeaf;

export interface CheckedGroup {
  readonly group: 'all' | 'any' | 'none' | 'not';
  readonly pass: boolean;
  readonly filters: readonly CheckedFilter[];
}

export interface CheckedSegment {
  readonly segment: string;
  readonly pass: boolean;
  /** Its own filter, as its only one; none where there is no such segment. */
  readonly filters: readonly CheckedFilter[];
}

export interface CheckedLeaf {
  /** In words: "number of play at least 3". */
  readonly filter: string;
  readonly pass: boolean;
  /** Which it saw. */
  readonly value: Json;
  /** Why it cannot be answered, where it cannot: nobody passes then. */
  readonly problem?: string;
}

export function checkFilter(filter: Filter, facts: UserFacts, askedAt: AskedAt): CheckedFilter {
  const below = (filters: readonly Filter[]) => filters.map((child) => checkFilter(child, facts, askedAt));
  if ('all' in filter) return groupOf('all', below(filter.all), (passed) => !passed.includes(false));
  if ('any' in filter) return groupOf('any', below(filter.any), (passed) => passed.includes(true));
  if ('none' in filter) return groupOf('none', below(filter.none), (passed) => !passed.includes(true));
  if ('not' in filter) return groupOf('not', below([filter.not]), (passed) => !passed.includes(true));
  if (!('segment' in filter) || filter.filter === undefined) return checkLeaf(filter, facts, askedAt);
  const filters = below([filter.filter]);
  return { segment: filter.segment, pass: filters.every(({ pass }) => pass), filters };
}

/** A segment as a whole counts as one filter here, which saw what decided. */
export function checkLeaf(leaf: LeafFilter | SegmentFilter, facts: UserFacts, askedAt: AskedAt): CheckedLeaf {
  try {
    const { pass, seen } = evaluateFilter(leaf, facts, askedAt);
    return { filter: describeFilter(leaf), pass, value: seen.at(-1)?.value ?? null };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { filter: describeFilter(leaf), pass: false, value: null, problem };
  }
}

/** Whether the person is in the audience; of one that cannot be answered nobody is. */
export function isInAudience(filter: Filter, facts: UserFacts, askedAt: AskedAt): boolean {
  try {
    return evaluateFilter(filter, facts, askedAt).pass;
  } catch {
    return false;
  }
}

function groupOf(
  group: CheckedGroup['group'],
  filters: readonly CheckedFilter[],
  passes: (passed: readonly boolean[]) => boolean,
): CheckedGroup {
  return { group, pass: passes(filters.map(({ pass }) => pass)), filters };
}
