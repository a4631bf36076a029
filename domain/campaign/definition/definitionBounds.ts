// How much a definition may hold, judged before anything reads what it means: reading costs more than counting, and
// whoever may check a definition must not cost others their turn.

import { MAX_FILTERS } from '../../audience/filter.js';
import { MAX_COST, patternCost } from '../../event/patternCost.js';
import type { RawProblem } from '../../schema/problems.js';
import { storableProblems } from '../../schema/storable.js';

/** Objects, lists, texts and numbers. The largest written by hand so far has some 300. */
export const MAX_VALUES = 4_000;

export function boundsProblems(input: unknown): readonly RawProblem[] {
  const problems = storableProblems(input, MAX_VALUES);
  // What is nested too deeply is not walked again.
  if (problems.length > 0) return problems;
  const branches = longBranches(input);
  if (branches.length > 0) return branches;
  const cost = patternsIn(input).reduce((sum, pattern) => sum + patternCost(pattern), 0);
  if (cost <= MAX_COST) return [];
  return [
    {
      path: [],
      message: `has regular expressions of about ${cost} instructions together`,
      allowed: `at most ${MAX_COST} in all`,
    },
  ];
}

/** What stands under `matchesRegex`, `doesNotMatchRegex` and whatever else is so named. */
function patternsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name.endsWith('Regex') && typeof inner === 'string' ? [inner] : patternsIn(inner),
  );
}

const GROUPS: ReadonlySet<string> = new Set(['all', 'any', 'none']);

/** A tree of filters is tried against all kinds of them at each of its nodes, so its branches are counted first. */
function longBranches(value: unknown, path: readonly PropertyKey[] = []): readonly RawProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    const isLong = GROUPS.has(name) && Array.isArray(inner) && inner.length > MAX_FILTERS;
    return isLong ? [tooManyFilters(here)] : longBranches(inner, here);
  });
}

function tooManyFilters(path: readonly PropertyKey[]): RawProblem {
  return { path, message: 'has too many filters', allowed: `at most ${MAX_FILTERS}` };
}
