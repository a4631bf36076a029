/** What filters over the first or last time of something are in SQL: who has done it, then. */
import { boundsOf, type RecencyAsked } from '../../domain/audience/recency.js';
import { instant } from '../../storage/pool.js';
import type { MembersSql } from './setForm.js';
import type { SqlContext } from './sqlContext.js';
import { eventsOf, totalsWhere } from './tallies.js';

/** Custom events have no kept counter: their first and last time are those of the stream. */
export function recencyToSql(asked: RecencyAsked, context: SqlContext): MembersSql {
  const { atOrBefore, before, after } = boundsOf(asked.recency, context.now);
  const limits = [
    ...atOrBefore.map((limit) => ['<=', limit] as const),
    ...before.map((limit) => ['<', limit] as const),
    ...after.map((limit) => ['>', limit] as const),
  ];
  const tests = (at: string) =>
    limits.map(([sign, limit]) => `${at} ${sign} ${context.parameters.add(instant(limit), 'timestamptz')}`);
  if (asked.eventKind !== 'custom') {
    const test = tests(`t.${asked.which}_at`).join(' and ');
    return { members: totalsWhere(asked, test, context), complement: false, isUnique: true };
  }
  // Of the last time "after" is true where it is of any, and of the first "before".
  const isOfAny = limits.every(([sign]) => (sign === '>') === (asked.which === 'last'));
  const events = eventsOf(asked, context);
  if (isOfAny) {
    // `received_at >= time` holds of every event (a check): the same limit skips the older partitions.
    const received = after.length === 0 ? [] : tests('e.received_at');
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
