/** What each filter of an audience says of one person: unlike `evaluateFilter`, which stops once the answer is known. */
import type { UserFacts } from '../facts/userFacts.js';
import type { Json } from '../json.js';
import { evaluateFilter, type Filter } from './filter.js';

export type CheckedFilter = CheckedGroup | CheckedLeaf;

export interface CheckedGroup {
  readonly group: 'all' | 'any' | 'none' | 'not';
  readonly pass: boolean;
  readonly filters: readonly CheckedFilter[];
}

export interface CheckedLeaf {
  /** In words: "number of play at least 3". */
  readonly filter: string;
  readonly pass: boolean;
  /** Which it saw. */
  readonly value: Json;
}

export function checkFilter(filter: Filter, facts: UserFacts, now: number): CheckedFilter {
  const below = (filters: readonly Filter[]) => filters.map((child) => checkFilter(child, facts, now));
  if ('all' in filter) return groupOf('all', below(filter.all), (passed) => !passed.includes(false));
  if ('any' in filter) return groupOf('any', below(filter.any), (passed) => passed.includes(true));
  if ('none' in filter) return groupOf('none', below(filter.none), (passed) => !passed.includes(true));
  if ('not' in filter) return groupOf('not', below([filter.not]), (passed) => !passed.includes(true));
  const { pass, seen } = evaluateFilter(filter, facts, now);
  const [{ filter: words, value } = { filter: '', value: null }] = seen;
  return { filter: words, pass, value };
}

function groupOf(
  group: CheckedGroup['group'],
  filters: readonly CheckedFilter[],
  passes: (passed: readonly boolean[]) => boolean,
): CheckedGroup {
  return { group, pass: passes(filters.map(({ pass }) => pass)), filters };
}
