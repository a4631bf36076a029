/** What filters over subscriptions are in SQL: conditions on a person's own row. */
import type { EmailSubscriptionFilter } from '../../../domain/audience/kinds/profile/emailSubscription.js';
import type { PushSubscriptionFilter } from '../../../domain/audience/kinds/profile/pushSubscription.js';
import type { SubscriptionGroupFilter } from '../../../domain/audience/kinds/profile/subscriptionGroup.js';
import type { Recency } from '../../../domain/audience/recency.js';
import { groupField } from '../../../domain/event/fieldChange.js';
import type { SubscriptionState } from '../../../domain/profile/subscriptionStates.js';
import { instantToSql } from '../recency.js';
import type { RowSql } from '../setForm.js';
import type { SqlContext } from '../sqlContext.js';

export function emailSubscriptionToSql(filter: EmailSubscriptionFilter, context: SqlContext): RowSql {
  return stateToSql('u.email_subscription', { state: filter.emailSubscription, recency: filter }, context);
}

export function pushSubscriptionToSql(filter: PushSubscriptionFilter, context: SqlContext): RowSql {
  return stateToSql('u.push_subscription', { state: filter.pushSubscription, recency: filter }, context);
}

function stateToSql(
  column: 'u.email_subscription' | 'u.push_subscription',
  { state, recency }: { readonly state: SubscriptionState; readonly recency: Recency },
  context: SqlContext,
): RowSql {
  const isState = `${column} = ${context.parameters.add(state, 'text')}`;
  const tests = [isState, ...instantToSql(recency, `${column}_since`, context)];
  return { row: `coalesce(${tests.join(' and ')}, false)` };
}

export function subscriptionGroupToSql(
  { subscriptionGroup, is }: SubscriptionGroupFilter,
  { parameters }: SqlContext,
): RowSql {
  const state = `u.attributes ->> ${parameters.add(groupField(subscriptionGroup), 'text')}`;
  return { row: `coalesce(${state} = ${parameters.add(is, 'text')}, false)` };
}
