/**
 * The facts that recording needs of the people in one request, read under their lock in one statement: profiles that are
 * not at hand, waiting pairings that may be cancelled, counters that audiences read, receipts, and stored events that may be exceptions
 * of a trigger arriving late.
 */

import type { OpenPairing } from '../domain/decision/effects.js';
import { laterReceipt, type Receipt } from '../domain/decision/gates/gates.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import { type FactNeed, type RecentDays, type Total, totalKey, totalNeeds } from '../domain/segment/facts.js';
import type { Queryable } from '../storage/pool.js';
import {
  type EntryFactRow,
  type EntryFactsRequest,
  selectEntryFacts,
} from '../storage/queries/events/selectEntryFacts.js';
import { selectOpenPairings, selectStoredEvents } from '../storage/queries/events/storedHistory.js';
import { profileOf } from '../storage/queries/people/profileColumns.js';
import { loadRecent } from './loadRecent.js';
import { type ReadOn, readOn } from './readOn.js';

export interface EntryNeeds extends Omit<EntryFactsRequest, 'needs'> {
  readonly needs: readonly FactNeed[];
}

export interface EntryFacts {
  /** Null unless it was asked for. */
  readonly profile: Profile | null;
  readonly open: readonly OpenPairing[];
  /** The last waiting pairing that was read, by id, where there are more than are judged in one transaction. */
  readonly unreadAfter: number | null;
  readonly totals: ReadonlyMap<string, Total>;
  readonly recent: RecentDays;
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** How many messages they wait for, by campaign id; of those whose counters were asked for. */
  readonly waiting: ReadonlyMap<number, number>;
  /** Not all of them where there are too many: what enters then is judged again before it is sent, page by page. */
  readonly stored: readonly StreamEvent[];
}

/** Of one transaction, of all its people: what is in memory while it decides. */
const MOST_STORED = { rows: 20_000, bytes: 16 * 2 ** 20 };
/** AB-19: nobody waits for more than 5,000, but may from before there was that bound. */
const MOST_OPEN = { rows: 6_000, bytes: 16 * 2 ** 20 };

interface MutableFacts {
  profile: Profile | null;
  readonly open: OpenPairing[];
  unreadAfter: number | null;
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
      unreadAfter: null,
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
  const rows = await selectEntryFacts(tx, { ...request, needs: totalNeeds(needs) });
  for (const row of rows) {
    const person = of(row.user_id);
    switch (row.fact) {
      case 'profile':
        person.profile = profileOf(row.body);
        break;
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
      case 'pairing':
      case 'event':
        break;
    }
  }
  const open = await readOpen(tx, request, rows);
  for (const { user_id, body } of open.rows) {
    const { id, campaignId, chainDepth, ...trigger } = body;
    of(user_id).open.push({ id, campaignId, trigger, chainDepth });
  }
  if (open.unreadAfter !== null) {
    const { user_id, body } = open.unreadAfter;
    for (const [userId, person] of people) {
      if (userId >= user_id) person.unreadAfter = userId === user_id ? body.id : 0;
    }
  }
  const stored = await readStored(tx, request, rows);
  for (const { user_id, body } of stored.rows) of(user_id).stored.push({ ...body, userId: user_id });
  return people;
}

type Request = Omit<EntryNeeds, 'needs'>;
type PagedRow<Fact> = Extract<EntryFactRow, { readonly fact: Fact }>;

async function readOpen(
  tx: Queryable,
  { userIds, exceptionCampaignIds: campaignIds, askedOfOpen: keys }: Request,
  rows: readonly EntryFactRow[],
): Promise<ReadOn<Omit<PagedRow<'pairing'>, 'fact'>>> {
  const first = rows.filter((row): row is PagedRow<'pairing'> => row.fact === 'pairing');
  return await readOn<Omit<PagedRow<'pairing'>, 'fact'>>(first, MOST_OPEN, (last, limit) =>
    selectOpenPairings(tx, { userIds, campaignIds, keys }, { userId: last.user_id, id: last.body.id }, limit),
  );
}

async function readStored(
  tx: Queryable,
  { userIds, exceptionListeners: listeners, askedOfStored: keys, since }: Request,
  rows: readonly EntryFactRow[],
): Promise<ReadOn<Omit<PagedRow<'event'>, 'fact'>>> {
  const first = rows.filter((row): row is PagedRow<'event'> => row.fact === 'event');
  return await readOn<Omit<PagedRow<'event'>, 'fact'>>(first, MOST_STORED, (last, limit) =>
    selectStoredEvents(tx, { userIds, listeners, keys, since }, last, limit),
  );
}
