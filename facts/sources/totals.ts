import { type Counter, totalKey } from '../../domain/facts/counters.js';
import type { Total, Totals } from '../../domain/facts/totals.js';
import { needsOfKind } from '../../domain/facts/userFacts.js';
import { TOTALS } from '../../storage/queries/people/totals.js';
import { type AudienceAsked, countersToSql } from './audience.js';
import { epochMs, type FactSource, NO_PAGE } from './factSource.js';

export interface TotalFact {
  readonly fact: 'total';
  readonly body: Counter & Total;
}

export const totalsSource: FactSource<AudienceAsked> = {
  kind: 'total',
  sql({ audience }, parameters) {
    const needs = needsOfKind(audience?.needs ?? [], 'total');
    if (audience === undefined || audience.userIds.length === 0 || needs.length === 0) return null;
    const userIds = parameters.add(audience.userIds, 'bigint[]');
    const { kinds, names } = countersToSql(needs, parameters);
    return `
      select 'total' as fact, o.user_id, jsonb_build_object(
        'eventKind', n.kind, 'name', n.name, 'count', t.count, 'amount', t.amount,
        'firstAt', ${epochMs('t.first_at')}, 'lastAt', ${epochMs('t.last_at')}
      ) as body, ${NO_PAGE}
      from unnest(${userIds}) as o(user_id)
      cross join unnest(${kinds}, ${names}) as n(kind, name)
      cross join ${TOTALS}
    `;
  },
};

export function totalsOf(facts: readonly TotalFact[]): Totals {
  return new Map(facts.map(({ body: { eventKind, name, ...total } }) => [totalKey(eventKind, name), total]));
}
