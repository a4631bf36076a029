/** Segments within audiences: which ones an audience names, and the audience with what they stand for. */
import { childrenOf, type Filter } from './filter.js';

/** What segments stand for, by key; null: there is none of that key. */
export type SegmentFilters = Readonly<Record<string, Filter | null>>;

/** The keys that it names itself, each once, in order; not those that the segments name. */
export function segmentsOf(filter: Filter): readonly string[] {
  return [...new Set(keysIn(filter))].sort();
}

function keysIn(filter: Filter): readonly string[] {
  return 'segment' in filter ? [filter.segment] : (childrenOf(filter)?.flatMap(keysIn) ?? []);
}

/** The audience with the filter of each segment that is known. Theirs name no more of them: SG-05 allows one level. */
export function withSegments(filter: Filter, segments: SegmentFilters): Filter {
  const below = (children: readonly Filter[]) => children.map((child) => withSegments(child, segments));
  if ('all' in filter) return { all: below(filter.all) };
  if ('any' in filter) return { any: below(filter.any) };
  if ('none' in filter) return { none: below(filter.none) };
  if ('not' in filter) return { not: withSegments(filter.not, segments) };
  if (!('segment' in filter)) return filter;
  const known = Object.hasOwn(segments, filter.segment) ? segments[filter.segment] : null;
  if (known === null || known === undefined) return { segment: filter.segment };
  return { segment: filter.segment, filter: withSegments(known, segments) };
}
