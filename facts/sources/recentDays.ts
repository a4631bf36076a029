import { type Counter, type Tally, totalKey } from '../../domain/facts/counters.js';
import type { RecentDays } from '../../domain/facts/recentDays.js';
import { type FactNeed, needsOfKind } from '../../domain/facts/userFacts.js';
import { COUNTS_AS } from '../../storage/queries/events/countsAs.js';
import { type AudienceAsked, daysToSql } from './audience.js';
import { type FactSource, NO_PAGE } from './factSource.js';

export interface RecentFact {
  readonly fact: 'recent';
  /** `day`: UTC days since the epoch. */
  readonly body: Counter & Tally & { readonly day: number };
}

// `received_at >= time` holds of every event (a check), so that the earliest day, a parameter of its own, skips the older
// partitions before any is looked at.
export const recentSource: FactSource<AudienceAsked> = {
  kind: 'recent',
  sql({ audience }, parameters) {
    const needs = needsOfKind(audience?.needs ?? [], 'recent');
    if (audience === undefined || audience.userIds.length === 0 || needs.length === 0) return null;
    const userIds = parameters.add(audience.userIds, 'bigint[]');
    const { kinds, names, starts, earliest, end } = daysToSql(audience, needs, parameters);
    return `
      select 'recent' as fact, d.user_id, jsonb_build_object(
        'eventKind', d.kind, 'name', d.name, 'day', d.day, 'count', d.count, 'amount', d.amount
      ) as body, ${NO_PAGE}
      from (
        select e.user_id, n.kind, n.name, floor(extract(epoch from e.time) / 86400)::int as day,
          sum(q.quantity) as count, sum(q.quantity * q.price) as amount
        from unnest(${kinds}, ${names}, ${starts}) as n(kind, name, since)
        join events e
          on e.user_id = any(${userIds}) and e.kind = n.kind
          and (e.name = n.name or (n.kind = 'purchase' and n.name = '')) and e.time >= n.since
        cross join ${COUNTS_AS}
        where e.received_at >= ${earliest} and (${end} is null or e.received_at < ${end})
        group by e.user_id, n.kind, n.name, day
      ) d
    `;
  },
};

/** What was asked for is there, be it without a day: what happens next is added to it. */
export function recentDaysOf(needs: readonly FactNeed[], facts: readonly RecentFact[]): RecentDays {
  const days = new Map<string, Map<number, Tally>>();
  for (const { eventKind, name } of needsOfKind(needs, 'recent')) days.set(totalKey(eventKind, name), new Map());
  for (const { body } of facts) {
    const { eventKind, name, day, count, amount } = body;
    days.get(totalKey(eventKind, name))?.set(day, { count, amount });
  }
  return days;
}
