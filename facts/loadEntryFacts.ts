/**
 * The facts that recording needs of the people in one request, read under their lock: what was asked, with the pages that
 * come after the first of what they wait for and of stored events.
 */
import type { OpenPairing } from '../domain/decision/effects.js';
import { laterReceipt, type Receipt } from '../domain/decision/gates/gates.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Facts } from '../domain/facts/userFacts.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Queryable } from '../storage/pool.js';
import {
  type OpenPairingRow,
  type StoredEventRow,
  selectOpenPairings,
  selectStoredEvents,
} from '../storage/queries/events/storedHistory.js';
import { profileOf } from '../storage/queries/people/profileColumns.js';
import type { Asked } from './kinds.js';
import { type Loaded, loadFacts } from './loadFacts.js';
import { type ReadOn, readOn } from './readOn.js';

export interface EntryFacts {
  /** Null unless it was asked for. */
  readonly profile: Profile | null;
  readonly known: Facts;
  readonly open: readonly OpenPairing[];
  /** The last waiting pairing that was read, by id, where there are more than are judged in one transaction. */
  readonly unreadAfter: number | null;
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** How many messages they wait for, by campaign id; of those of whom it was asked. */
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
  readonly known: Facts;
  readonly open: OpenPairing[];
  unreadAfter: number | null;
  readonly receipts: Map<number, Receipt>;
  readonly waiting: Map<number, number>;
  readonly stored: StreamEvent[];
}

/** Of each of these people; what is asked is asked of no others. */
export async function loadEntryFacts(
  tx: Queryable,
  userIds: Iterable<number>,
  asked: Asked,
): Promise<ReadonlyMap<number, EntryFacts>> {
  const loaded = await loadFacts(tx, asked);
  const people = new Map<number, MutableFacts>();
  for (const userId of userIds) people.set(userId, nothingBut(loaded.audienceFactsOf(userId)));
  putAtHand(people, loaded);
  const open = await readOpen(tx, asked, loaded);
  for (const { user_id, body } of open.rows) {
    const { id, campaignId, chainDepth, ...trigger } = body;
    people.get(user_id)?.open.push({ id, campaignId, trigger, chainDepth });
  }
  if (open.unreadAfter !== null) {
    const { user_id, body } = open.unreadAfter;
    for (const [userId, person] of people) {
      if (userId >= user_id) person.unreadAfter = userId === user_id ? body.id : 0;
    }
  }
  const stored = await readStored(tx, asked, loaded);
  for (const { user_id, body } of stored.rows) people.get(user_id)?.stored.push({ ...body, userId: user_id });
  return people;
}

function nothingBut(known: Facts): MutableFacts {
  return {
    profile: null,
    known,
    open: [],
    unreadAfter: null,
    receipts: new Map(),
    waiting: new Map(),
    stored: [],
  };
}

function putAtHand(people: ReadonlyMap<number, MutableFacts>, loaded: Loaded): void {
  for (const { user_id, body } of loaded.of('profile')) {
    const person = people.get(user_id);
    if (person !== undefined) person.profile = profileOf(body);
  }
  for (const { user_id, body } of loaded.of('receipt')) {
    const { campaignId, ...receipt } = body;
    const receipts = people.get(user_id)?.receipts;
    receipts?.set(campaignId, laterReceipt(receipts.get(campaignId) ?? null, receipt));
  }
  for (const { user_id, body } of loaded.of('waiting')) people.get(user_id)?.waiting.set(body.campaignId, body.count);
}

async function readOpen(tx: Queryable, { open }: Asked, loaded: Loaded): Promise<ReadOn<OpenPairingRow>> {
  if (open === undefined) return { rows: [], unreadAfter: null };
  return await readOn<OpenPairingRow>(loaded.of('open'), MOST_OPEN, (last, limit) =>
    selectOpenPairings(tx, open, { userId: last.user_id, id: last.body.id }, limit),
  );
}

async function readStored(tx: Queryable, { stored }: Asked, loaded: Loaded): Promise<ReadOn<StoredEventRow>> {
  if (stored === undefined) return { rows: [], unreadAfter: null };
  return await readOn<StoredEventRow>(loaded.of('stored'), MOST_STORED, (last, limit) =>
    selectStoredEvents(tx, stored, last, limit),
  );
}
