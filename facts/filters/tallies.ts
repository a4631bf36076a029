/** Counters of the person `u` as SQL, and their comparisons: what the filters that count are made of. */
import { type Counted, lastDays } from '../../domain/audience/counted.js';
import { type NumberOperands, type NumberOperator, numberComparisons } from '../../domain/audience/numberOperators.js';
import type { Counter } from '../../domain/facts/counters.js';
import { startOfLastDays } from '../../domain/facts/recentDays.js';
import { instant } from '../../storage/pool.js';
import { COUNTS_AS } from '../../storage/queries/events/countsAs.js';
import { TOTALS } from '../../storage/queries/people/totals.js';
import type { SqlContext } from './sqlContext.js';

const SIGNS: Readonly<Record<NumberOperator, string>> = {
  equals: '=',
  doesNotEqual: '<>',
  atLeast: '>=',
  atMost: '<=',
  moreThan: '>',
  lessThan: '<',
};

/** A condition on how often something was done. */
export function countToSql(counted: Counted, operands: NumberOperands, context: SqlContext): string {
  return comparisonsToSql(tallySql('count', counted, context), 'bigint', operands, context);
}

export function comparisonsToSql(
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

/** A number, 0 where nothing was done; `tallyOf` in SQL. */
export function tallySql(column: 'count' | 'amount', counted: Counted, context: SqlContext): string {
  const { eventKind, name, inLast } = counted;
  if (inLast === undefined) return `coalesce((${totalSql(column, counted, context)}), 0)`;
  const { now, parameters } = context;
  const since = parameters.add(instant(startOfLastDays(lastDays(inLast), now)), 'timestamptz');
  const isNamed = eventKind === 'purchase' && name === '' ? '' : ` and e.name = ${parameters.add(name, 'text')}`;
  return (
    `coalesce((select sum(${column === 'count' ? 'q.quantity' : 'q.quantity * q.price'}) from events e cross join ${COUNTS_AS}` +
    ` where e.user_id = u.id` +
    ` and e.kind = ${parameters.add(eventKind, 'text')}${isNamed} and e.time >= ${since} and e.received_at >= ${since}), 0)`
  );
}

/** A select of one column of a total; no row where nothing was ever done. */
export function totalSql(
  column: 'count' | 'amount' | 'last_at',
  { eventKind, name }: Counter,
  { parameters }: SqlContext,
): string {
  const counted = `(select ${parameters.add(eventKind, 'text')} as kind, ${parameters.add(name, 'text')} as name)`;
  return `select t.${column} from (select u.id as user_id) o cross join ${counted} n cross join ${TOTALS}`;
}
