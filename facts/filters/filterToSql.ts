// An audience as SQL, for "everybody" or for a page of candidates: a select of who passes. Values travel as parameters, names
// of columns and tables from a closed map. Where PostgreSQL cannot answer exactly as `evaluate` does, the select keeps more
// people than it should, never fewer, and `evaluate` has the last word: see `valueTests.ts` for which operators.

import type { AskedAt } from '../../domain/audience/askedAt.js';
import { type Filter, filterOfSegment } from '../../domain/audience/filter.js';
import { leafToSql } from '../kinds.js';
import { SqlParameters } from '../sqlParameters.js';
import { allSql, anySql, type FilterSql, idsOf, notSql, rowOf } from './setForm.js';
import type { SqlContext } from './sqlContext.js';

export interface AudienceSql {
  /** A select of `user_id`, nobody twice, in no order. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** False: `evaluate` must still be asked about each. */
  readonly isExact: boolean;
}

export interface AudienceSqlOptions extends AskedAt {
  /** Only these people; absent: everybody. */
  readonly candidates?: readonly number[];
  /** The number of the first `$n`, where the statement around it has its own. */
  readonly firstParameter?: number;
}

export function filterToSql(
  filter: Filter,
  { candidates, firstParameter = 1, ...askedAt }: AudienceSqlOptions,
): AudienceSql {
  const parameters = new SqlParameters(firstParameter);
  let isExact = true;
  const among = candidates === undefined ? null : parameters.add(candidates, 'bigint[]');
  const context: SqlContext = {
    ...askedAt,
    parameters,
    bound: 'atLeast',
    candidates: among,
    onInexact: () => {
      isExact = false;
    },
  };
  const text = idsOf(nodeToSql(filter, context), context);
  return { text, values: parameters.values, isExact };
}

function nodeToSql(filter: Filter, context: SqlContext): FilterSql {
  const below = (children: readonly Filter[], to: SqlContext) => children.map((child) => nodeToSql(child, to));
  if ('all' in filter) return allSql(below(filter.all, context), context);
  if ('any' in filter) return anySql(below(filter.any, context), context);
  if ('none' in filter) return notSql(anySql(below(filter.none, turned(context)), context));
  if ('not' in filter) return notSql(nodeToSql(filter.not, turned(context)));
  if ('segment' in filter) return nodeToSql(filterOfSegment(filter), context);
  const sql = leafToSql(filter, context);
  return context.candidates === null ? sql : rowOf(sql);
}

function turned(context: SqlContext): SqlContext {
  return { ...context, bound: context.bound === 'atLeast' ? 'atMost' : 'atLeast' };
}
