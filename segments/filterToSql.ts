// An audience as SQL over `users u`, for "everybody": its size and its pages. Values travel as parameters, names of columns
// and tables from a closed map. Where PostgreSQL cannot answer exactly as `evaluate` does, the condition keeps more people
// than it should, never fewer, and `evaluate` has the last word: see `attributeToSql.ts` for which operators.
import type { CountedKind } from '../domain/event/kinds.js';
import { lastDays, startOfLastDays } from '../domain/segment/counted.js';
import type { Filter } from '../domain/segment/filter.js';
import { lastUsedBounds } from '../domain/segment/kinds/lastUsed.js';
import { MONEY_DECIMALS } from '../domain/segment/kinds/moneySpent.js';
import { purchaseTotalName } from '../domain/segment/kinds/purchaseCount.js';
import { type NumberOperands, type NumberOperator, numberComparisons } from '../domain/segment/numberOperators.js';
import { COUNTS_AS } from '../storage/queries/events/selectRecentDays.js';
import { TOTALS } from '../storage/queries/people/totals.js';
import { attributeToSql } from './attributeToSql.js';
import type { SqlContext } from './sqlContext.js';
import { SqlParameters } from './sqlParameters.js';

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
  if ('attribute' in filter) return attributeToSql(filter, context);
  if ('eventCount' in filter) return countToSql({ kind: 'custom', name: filter.eventCount }, filter, context);
  if ('purchaseCount' in filter)
    return countToSql({ kind: 'purchase', name: purchaseTotalName(filter) }, filter, context);
  if ('sessionCount' in filter) return countToSql({ kind: 'session', name: '' }, filter.sessionCount, context);
  if ('moneySpent' in filter) return moneyToSql(filter.moneySpent, context);
  if ('lastUsed' in filter) return lastSessionToSql(lastUsedBounds(filter, context.now), context);
  return filter satisfies never;
}

const SIGNS: Readonly<Record<NumberOperator, string>> = {
  equals: '=',
  doesNotEqual: '<>',
  atLeast: '>=',
  atMost: '<=',
  moreThan: '>',
  lessThan: '<',
};

interface CountedName {
  readonly kind: CountedKind;
  readonly name: string;
}

type CountOperands = NumberOperands & { readonly inLast?: string | undefined };

function countToSql(counted: CountedName, operands: CountOperands, context: SqlContext): string {
  const count = tallySql('count', counted, operands.inLast, context);
  return comparisonsToSql(count, 'bigint', operands, context);
}

function moneyToSql(operands: CountOperands, context: SqlContext): string {
  const amount = tallySql('amount', { kind: 'purchase', name: '' }, operands.inLast, context);
  return comparisonsToSql(`round((${amount})::numeric, ${MONEY_DECIMALS})`, 'numeric', operands, context);
}

function comparisonsToSql(
  value: string,
  type: 'bigint' | 'numeric',
  operands: NumberOperands,
  { parameters }: SqlContext,
): string {
  const tests = numberComparisons(operands).map(
    ({ op, operand }) => `${value} ${SIGNS[op]} ${parameters.add(operand, type)}`,
  );
  return `(${tests.join(' and ')})`;
}

function tallySql(
  column: 'count' | 'amount',
  { kind, name }: CountedName,
  inLast: string | undefined,
  { now, parameters }: SqlContext,
): string {
  if (inLast === undefined) return `coalesce((${totalSql(column, kind, name, parameters)}), 0)`;
  const since = parameters.add(new Date(startOfLastDays(lastDays(inLast), now)).toISOString(), 'timestamptz');
  const isNamed = kind === 'purchase' && name === '' ? '' : ` and e.name = ${parameters.add(name, 'text')}`;
  return (
    `coalesce((select sum(${column === 'count' ? 'q.quantity' : 'q.quantity * q.price'}) from events e cross join ${COUNTS_AS}` +
    ` where e.user_id = u.id` +
    ` and e.kind = ${parameters.add(kind, 'text')}${isNamed} and e.time >= ${since} and e.received_at >= ${since}), 0)`
  );
}

function lastSessionToSql(bounds: ReturnType<typeof lastUsedBounds>, { parameters }: SqlContext): string {
  const lastAt = `(${totalSql('last_at', 'session', '', parameters)})`;
  const instant = (at: number) => parameters.add(new Date(at).toISOString(), 'timestamptz');
  const tests = [
    ...bounds.atOrBefore.map((at) => `${lastAt} <= ${instant(at)}`),
    ...bounds.before.map((at) => `${lastAt} < ${instant(at)}`),
    ...bounds.after.map((at) => `${lastAt} > ${instant(at)}`),
  ];
  // Without a session every comparison is null.
  return `coalesce(${tests.join(' and ')}, false)`;
}

function totalSql(
  column: 'count' | 'amount' | 'last_at',
  kind: CountedKind,
  name: string,
  parameters: SqlParameters,
): string {
  const counted = `(select ${parameters.add(kind, 'text')} as kind, ${parameters.add(name, 'text')} as name)`;
  return `select t.${column} from (select u.id as user_id) o cross join ${counted} n cross join ${TOTALS}`;
}
