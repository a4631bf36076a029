/**
 * The facts that recording needs of the people in one request, read under their lock in one statement: profiles that are
 * not at hand, waiting pairings that may be cancelled, counters that audiences read, receipts, and stored events that may be exceptions
 * of a trigger arriving late.
 */

import { laterReceipt, type Receipt } from '../domain/decision/gates.js';
import type { OpenPairing } from '../domain/decision/step.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import { type FactNeed, type RecentDays, type Total, totalKey, totalNeeds } from '../domain/segment/facts.js';
import type { Queryable } from '../storage/pool.js';
import { profileOf } from '../storage/queries/lockUsers.js';
import { type EntryFactsRequest, selectEntryFacts } from '../storage/queries/selectEntryFacts.js';
import { loadRecent } from './loadRecent.js';

export interface EntryNeeds extends Omit<EntryFactsRequest, 'needs'> {
  readonly needs: readonly FactNeed[];
}

export interface EntryFacts {
  /** Null unless it was asked for. */
  readonly profile: Profile | null;
  readonly open: readonly OpenPairing[];
  readonly totals: ReadonlyMap<string, Total>;
  readonly recent: RecentDays;
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** How many messages they wait for, by campaign id; of those whose counters were asked for. */
  readonly waiting: ReadonlyMap<number, number>;
  readonly stored: readonly StreamEvent[];
}

interface MutableFacts {
  profile: Profile | null;
  readonly open: OpenPairing[];
  readonly totals: Map<string, Total>;
  readonly recent: RecentDays;
  readonly receipts: Map<number, Receipt>;
  readonly waiting: Map<number, number>;
  readonly stored: StreamEvent[];
}

export async function loadEntryFacts(
  tx: Queryable,
  { needs, ...request }: EntryNeeds,
): Promise<ReadonlyMap<number, EntryFacts>> {
  const people = new Map<number, MutableFacts>();
  const recentOf = await loadRecent(tx, { userIds: request.userIds, needs, at: request.since });
  const of = (userId: number): MutableFacts => {
    const known = people.get(userId);
    if (known !== undefined) return known;
    const fresh: MutableFacts = {
      profile: null,
      open: [],
      totals: new Map(),
      recent: recentOf(userId),
      receipts: new Map(),
      waiting: new Map(),
      stored: [],
    };
    people.set(userId, fresh);
    return fresh;
  };
  for (const userId of request.userIds) of(userId);
  for (const row of await selectEntryFacts(tx, { ...request, needs: totalNeeds(needs) })) {
    const person = of(row.user_id);
    switch (row.fact) {
      case 'profile':
        person.profile = profileOf(row.body);
        break;
      case 'pairing': {
        const { id, campaignId, chainDepth, ...trigger } = row.body;
        person.open.push({ id, campaignId, trigger, chainDepth });
        break;
      }
      case 'total':
        person.totals.set(totalKey(row.body.kind, row.body.name), row.body);
        break;
      case 'receipt': {
        const { campaignId, ...receipt } = row.body;
        person.receipts.set(campaignId, laterReceipt(person.receipts.get(campaignId) ?? null, receipt));
        break;
      }
      case 'waiting':
        person.waiting.set(row.body.campaignId, row.body.count);
        break;
      case 'event':
        person.stored.push({ ...row.body, userId: row.user_id });
        break;
    }
  }
  return people;
}
