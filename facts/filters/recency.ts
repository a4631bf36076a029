/** What filters over the first or last time of something are in SQL: who has done it, then. */
import { boundsOf, type Recency, type RecencyAsked } from '../../domain/audience/recency.js';
import { instant } from '../../storage/pool.js';
import type { MembersSql } from './setForm.js';
import type { SqlContext } from './sqlContext.js';
import { eventsOf, totalsWhere } from './tallies.js';

type Limit = readonly [sign: '<=' | '<' | '>', at: number];

function limitsOf(recency: Recency, context: SqlContext): readonly Limit[] {
  const { atOrBefore, before, after } = boundsOf(recency, context);
  return [
    ...atOrBefore.map((limit): Limit => ['<=', limit]),
    ...before.map((limit): Limit => ['<', limit]),
    ...after.map((limit): Limit => ['>', limit]),
  ];
}

function testsOf(limits: readonly Limit[], at: string, { parameters }: SqlContext): readonly string[] {
  return limits.map(([sign, limit]) => `${at} ${sign} ${parameters.add(instant(limit), 'timestamptz')}`);
}

/** What is asked of an instant, as conditions on a column; none where nothing is. */
export function instantToSql(recency: Recency, column: string, context: SqlContext): readonly string[] {
  return testsOf(limitsOf(recency, context), column, context);
}

/** Custom events have no kept counter: their first and last time are those of the stream. */
export function recencyToSql(asked: RecencyAsked, context: SqlContext): MembersSql {
  const limits = limitsOf(asked.recency, context);
  const tests = (at: string) => testsOf(limits, at, context);
  if (asked.eventKind !== 'custom') {
    const test = tests(`t.${asked.which}_at`).join(' and ');
    return { members: totalsWhere(asked, test, context), complement: false, isUnique: true };
  }
  // Of the last time "after" is true where it is of any, and of the first "before".
  const isOfAny = limits.every(([sign]) => (sign === '>') === (asked.which === 'last'));
  const events = eventsOf(asked, context);
  if (isOfAny) {
    // `received_at >= time` holds of every event (a check): the same limit skips the older partitions.
    const received = asked.which === 'last' ? tests('e.received_at') : [];
    const conditions = [...tests('e.time'), ...received].join(' and ');
    return { members: `select e.user_id ${events} and ${conditions}`, complement: false, isUnique: false };
  }
  const at = asked.which === 'first' ? 'min(e.time)' : 'max(e.time)';
  return {
    members: `select e.user_id ${events} group by e.user_id having ${tests(at).join(' and ')}`,
    complement: false,
    isUnique: true,
  };
}
