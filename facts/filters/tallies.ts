/** What filters that count are in SQL: the people whose counter passes or, where nothing at all passes, whose counter does not. */
import { type Counted, lastDays } from '../../domain/audience/counted.js';
import {
  type NumberOperands,
  type NumberOperator,
  numberComparisons,
  passesNumberOperators,
} from '../../domain/audience/numberOperators.js';
import type { Counter } from '../../domain/facts/counters.js';
import { startOfLastDays } from '../../domain/facts/recentDays.js';
import { instant } from '../../storage/pool.js';
import { COUNTS_AS } from '../../storage/queries/events/countsAs.js';
import { isExactWhere, whereToSql } from './eventWhere.js';
import type { MembersSql } from './setForm.js';
import { ofPerson, type SqlContext } from './sqlContext.js';

export const SIGNS: Readonly<Record<NumberOperator, string>> = {
  equals: '=',
  doesNotEqual: '<>',
  atLeast: '>=',
  atMost: '<=',
  moreThan: '>',
  lessThan: '<',
};

export interface Measure {
  /** Of a total, and how it adds up over events. */
  readonly column: 'count' | 'amount';
  readonly type: 'bigint' | 'numeric';
  /** Applied to the value before it is compared. */
  readonly rounded?: (value: string) => string;
}

const COUNT: Measure = { column: 'count', type: 'bigint' };

/** A condition on how often something was done. */
export function countToSql(counted: Counted, operands: NumberOperands, context: SqlContext): MembersSql {
  return tallyToSql(counted, operands, { context, measure: COUNT });
}

/** `tallyOf` in SQL. Whoever has no event has 0, and no row: where 0 passes, the others are named. */
export function tallyToSql(
  counted: Counted,
  operands: NumberOperands,
  { context, measure }: { readonly context: SqlContext; readonly measure: Measure },
): MembersSql {
  const complement = passesNumberOperators(operands, 0);
  if (!isExactWhere(counted.where ?? [])) return boundedTally(counted, complement, context);
  const { parameters } = context;
  const passes = (value: string) => {
    const compared = measure.rounded?.(value) ?? value;
    const tests = numberComparisons(operands).map(
      ({ op, operand }) => `${compared} ${SIGNS[op]} ${parameters.add(operand, measure.type)}`,
    );
    return `${complement ? 'not ' : ''}(${tests.join(' and ')})`;
  };
  if (counted.inLast === undefined && counted.eventKind !== 'custom')
    return { members: totalsWhere(counted, passes(`t.${measure.column}`), context), complement, isUnique: true };
  // Whoever has done it at all is who has a row: nothing is added up.
  if (counted.eventKind !== 'purchase' && isConstantFromOne(operands))
    return { members: `select e.user_id ${eventsOf(counted, context)}`, complement, isUnique: false };
  const sum = measure.column === 'count' ? 'q.quantity' : 'q.quantity * q.price';
  const value = counted.eventKind === 'purchase' ? `sum(${sum})` : 'count(*)';
  const joined = counted.eventKind === 'purchase' ? COUNTS_AS : null;
  const events = eventsOf(counted, context, joined);
  return {
    members: `select e.user_id ${events} group by e.user_id having ${passes(value)}`,
    complement,
    isUnique: true,
  };
}

const NOBODY = 'select null::bigint as user_id where false';

/** Only who did nothing that might count surely has 0, and only who did something might have more. */
function boundedTally(counted: Counted, complement: boolean, context: SqlContext): MembersSql {
  context.onInexact();
  if ((context.bound === 'atLeast') === complement) return { members: NOBODY, complement, isUnique: true };
  return { members: `select e.user_id ${eventsOf(counted, context)}`, complement, isUnique: false };
}

/** A select of those whose kept counter is so. */
export function totalsWhere({ eventKind, name }: Counter, test: string, context: SqlContext): string {
  const { parameters } = context;
  const tests = [
    `t.kind = ${parameters.add(eventKind, 'text')}`,
    `t.name = ${parameters.add(name, 'text')}`,
    ...ofPerson('t.user_id', context),
    test,
  ];
  return `select t.user_id from event_totals t where ${tests.join(' and ')}`;
}

/** The events `e` that count, from `from` on. */
export function eventsOf(
  { eventKind, name, inLast, where = [] }: Counted,
  context: SqlContext,
  joined: string | null = null,
): string {
  const { parameters, now } = context;
  const tests = [`e.kind = ${parameters.add(eventKind, 'text')}`];
  if (eventKind !== 'purchase' || name !== '') tests.push(`e.name = ${parameters.add(name, 'text')}`);
  if (inLast !== undefined) {
    const since = parameters.add(instant(startOfLastDays(lastDays(inLast), now)), 'timestamptz');
    tests.push(`e.time >= ${since}`, `e.received_at >= ${since}`);
  }
  tests.push(...ofPerson('e.user_id', context), ...whereToSql(where, context));
  return `from events e${joined === null ? '' : ` cross join ${joined}`} where ${tests.join(' and ')}`;
}

/** Whether every number from 1 on is answered alike. */
function isConstantFromOne(operands: NumberOperands): boolean {
  const edges = numberComparisons(operands).flatMap(({ operand }) => [operand - 1, operand, operand + 1]);
  const answers = [1, ...edges.filter((edge) => edge >= 1)].map((value) => passesNumberOperators(operands, value));
  return new Set(answers).size === 1 && answers[0] !== passesNumberOperators(operands, 0);
}
