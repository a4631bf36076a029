/**
 * The kinds of facts that decisions ask of the database, with what is asked of each, and the kinds of filters in SQL. The rules
 * have their own lists: domain/facts/userFacts.ts, domain/audience/filter.ts.
 */
import type { LeafFilter } from '../domain/audience/filter.js';
import { countedEvents } from '../domain/audience/kinds/eventCount.js';
import { firstDidAsked } from '../domain/audience/kinds/firstDid.js';
import { firstPurchasedAsked } from '../domain/audience/kinds/firstPurchased.js';
import { firstUsedAsked } from '../domain/audience/kinds/firstUsed.js';
import { lastDidAsked } from '../domain/audience/kinds/lastDid.js';
import { lastPurchasedAsked } from '../domain/audience/kinds/lastPurchased.js';
import { lastUsedAsked } from '../domain/audience/kinds/lastUsed.js';
import { countedPurchases } from '../domain/audience/kinds/purchaseCount.js';
import { countedSessions } from '../domain/audience/kinds/sessionCount.js';
import type { FactNeed, Facts } from '../domain/facts/userFacts.js';
import { attributeToSql } from './filters/attribute.js';
import { moneySpentToSql } from './filters/moneySpent.js';
import { ageToSql, birthdayToSql, createdAtToSql } from './filters/profile/dates.js';
import { appVersionToSql, deviceCountToSql, foregroundPushToSql } from './filters/profile/devices.js';
import { emailAvailableToSql } from './filters/profile/emailAvailable.js';
import { locationAvailableToSql, locationToSql } from './filters/profile/location.js';
import {
  emailSubscriptionToSql,
  pushSubscriptionToSql,
  subscriptionGroupToSql,
} from './filters/profile/subscription.js';
import { lastReceivedToSql, receivedToSql } from './filters/received.js';
import { recencyToSql } from './filters/recency.js';
import type { FilterSql } from './filters/setForm.js';
import type { SqlContext } from './filters/sqlContext.js';
import { countToSql } from './filters/tallies.js';
import type { AudienceAsked } from './sources/audience.js';
import type { FactSource } from './sources/factSource.js';
import { type MatchingFact, matchingOf, matchingSource } from './sources/matching.js';
import { type OpenAsked, type OpenFact, openSource } from './sources/openPairings.js';
import { type PairingAsked, type PairingFact, pairingSource } from './sources/pairing.js';
import { type ProfileAsked, type ProfileFact, profileSource } from './sources/profile.js';
import { type ReceiptFact, type ReceiptsAsked, receiptsSource } from './sources/receipts.js';
import { type ReceivedFact, receivedOf, receivedSource } from './sources/received.js';
import { type RecentFact, recentDaysOf, recentSource } from './sources/recentDays.js';
import { type StoredAsked, type StoredFact, storedSource } from './sources/storedEvents.js';
import { type TotalFact, totalsOf, totalsSource } from './sources/totals.js';
import { type WaitingAsked, type WaitingFact, waitingSource } from './sources/waiting.js';

export type Asked = AudienceAsked &
  OpenAsked &
  PairingAsked &
  ProfileAsked &
  ReceiptsAsked &
  StoredAsked &
  WaitingAsked;

export type FactRow = { readonly user_id: number } & (
  | MatchingFact
  | OpenFact
  | PairingFact
  | ProfileFact
  | ReceiptFact
  | ReceivedFact
  | RecentFact
  | StoredFact
  | TotalFact
  | WaitingFact
);

/** By their kinds, in order: statements are named by these. */
export const SOURCES: readonly FactSource<Asked>[] = [
  matchingSource,
  openSource,
  pairingSource,
  profileSource,
  receiptsSource,
  receivedSource,
  recentSource,
  storedSource,
  totalsSource,
  waitingSource,
];

/** What audiences read of one person, of whom the rows are. */
export function audienceFactsOf(needs: readonly FactNeed[], rows: readonly FactRow[]): Facts {
  return {
    totals: totalsOf(rowsOf(rows, 'total')),
    recent: recentDaysOf(needs, rowsOf(rows, 'recent')),
    matching: matchingOf(needs, rowsOf(rows, 'matching')),
    received: receivedOf(needs, rowsOf(rows, 'received')),
  };
}

export function rowsOf<K extends FactRow['fact']>(
  rows: readonly FactRow[],
  fact: K,
): readonly Extract<FactRow, { fact: K }>[] {
  return rows.filter((row): row is Extract<FactRow, { fact: K }> => row.fact === fact);
}

export function leafToSql(filter: LeafFilter, context: SqlContext): FilterSql {
  if ('attribute' in filter) return attributeToSql(filter, context);
  if ('eventCount' in filter) return countToSql(countedEvents(filter), filter, context);
  if ('purchaseCount' in filter) return countToSql(countedPurchases(filter), filter, context);
  if ('sessionCount' in filter) return countToSql(countedSessions(filter), filter.sessionCount, context);
  if ('moneySpent' in filter) return moneySpentToSql(filter, context);
  if ('firstUsed' in filter) return recencyToSql(firstUsedAsked(filter), context);
  if ('lastUsed' in filter) return recencyToSql(lastUsedAsked(filter), context);
  if ('firstDid' in filter) return recencyToSql(firstDidAsked(filter), context);
  if ('lastDid' in filter) return recencyToSql(lastDidAsked(filter), context);
  if ('firstPurchased' in filter) return recencyToSql(firstPurchasedAsked(filter), context);
  if ('lastPurchased' in filter) return recencyToSql(lastPurchasedAsked(filter), context);
  if ('received' in filter) return receivedToSql(filter, context);
  if ('lastReceived' in filter) return lastReceivedToSql(filter, context);
  if ('emailSubscription' in filter) return emailSubscriptionToSql(filter, context);
  if ('pushSubscription' in filter) return pushSubscriptionToSql(filter, context);
  if ('subscriptionGroup' in filter) return subscriptionGroupToSql(filter, context);
  if ('emailAvailable' in filter) return emailAvailableToSql(filter);
  if ('age' in filter) return ageToSql(filter, context);
  if ('birthday' in filter) return birthdayToSql(filter, context);
  if ('createdAt' in filter) return createdAtToSql(filter, context);
  if ('deviceCount' in filter) return deviceCountToSql(filter, context);
  if ('appVersion' in filter) return appVersionToSql(filter, context);
  if ('foregroundPush' in filter) return foregroundPushToSql(filter, context);
  if ('location' in filter) return locationToSql(filter, context);
  if ('locationAvailable' in filter) return locationAvailableToSql(filter);
  return filter satisfies never;
}
