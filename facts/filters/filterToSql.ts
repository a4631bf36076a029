// An audience as SQL over `users u`, for "everybody": its size and its pages. Values travel as parameters, names of columns
// and tables from a closed map. Where PostgreSQL cannot answer exactly as `evaluate` does, the condition keeps more people
// than it should, never fewer, and `evaluate` has the last word: see `attribute.ts` for which operators.

import type { Filter } from '../../domain/audience/filter.js';
import { leafToSql } from '../kinds.js';
import { SqlParameters } from '../sqlParameters.js';
import type { SqlContext } from './sqlContext.js';

export interface SqlCondition {
  /** A condition on `users u` that is never null. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/** `firstParameter`: the number of the first `$n`, where the statement around it has its own. */
export function filterToSql(filter: Filter, now: number, firstParameter = 1): SqlCondition {
  const parameters = new SqlParameters(firstParameter);
  const text = nodeToSql(filter, { now, parameters, bound: 'atLeast' });
  return { text, values: parameters.values };
}

function nodeToSql(filter: Filter, context: SqlContext): string {
  if ('all' in filter) return `(${filter.all.map((child) => nodeToSql(child, context)).join(' and ')})`;
  if ('any' in filter) return `(${filter.any.map((child) => nodeToSql(child, context)).join(' or ')})`;
  if ('not' in filter) {
    const bound = context.bound === 'atLeast' ? 'atMost' : 'atLeast';
    return `not ${nodeToSql(filter.not, { ...context, bound })}`;
  }
  return leafToSql(filter, context);
}
