/**
 * People as they were when the period began, with what happened to them in it: blocks of a thousand events or 16 MB from
 * one cursor, and one statement per block for who they are now. Now, less what was recorded since, is then.
 */
import type { Receipt } from '../domain/decision/gates/gates.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import { incrementsOf } from '../domain/segment/addToFacts.js';
import {
  type FactNeed,
  type RecentDays,
  type Total,
  totalKey,
  totalNeeds,
  type UserFacts,
} from '../domain/segment/facts.js';
import { loadRecent } from '../segments/loadRecent.js';
import { nextLimit } from '../segments/readOn.js';
import type { Queryable } from '../storage/pool.js';
import { PAGE_ROWS } from '../storage/queries/events/storedHistory.js';
import { profileOf } from '../storage/queries/people/profileColumns.js';
import { type PastPersonRow, selectPastPeople } from '../storage/queries/simulation/selectPastPeople.js';
import { fetchSimulatedEvents, selectLeftProperties } from '../storage/queries/simulation/simulatedEvents.js';
import { undoChange } from './pastProfile.js';
import { inTurns, type Recorded, RecordedPeople } from './recordedPeople.js';

export interface PastPerson {
  readonly facts: UserFacts;
  readonly receipt: Receipt | null;
  /** Receipts within the period of pairings from before it, in order. */
  readonly carried: readonly Receipt[];
  /** In the order of recording; those received before the period are only stored ones. */
  readonly events: readonly StreamEvent[];
}

export interface Block {
  readonly people: readonly PastPerson[];
  readonly events: number;
  /** People of whom more was recorded than is looked at. */
  readonly leftOut: number;
}

export interface PastRequest {
  readonly campaignId: number | null;
  readonly needs: readonly FactNeed[];
  readonly from: number;
  readonly to: number;
  readonly hasLater: boolean;
  /** Triggers that happened before are refused. */
  readonly storedFrom: number;
  /** The properties of events that decisions look at. */
  readonly keys: readonly string[];
}

const FETCHED = 1_000;

/** The cursor is open; stops being read when the caller stops asking. */
export async function* readPastPeople(tx: Queryable, request: PastRequest): AsyncGenerator<Block, void> {
  const people = new RecordedPeople();
  for (let isLast = false; !isLast; ) {
    const fetched = await fetchSimulatedEvents(tx, FETCHED);
    isLast = fetched.length < FETCHED;
    for (const event of fetched) people.add(event);
    const { whole, leftOut } = people.take(isLast);
    yield { people: [], events: fetched.length, leftOut };
    for (const together of inTurns(whole)) {
      for await (const block of asOfThen(tx, request, together)) yield { people: block, events: 0, leftOut: 0 };
    }
  }
}

async function* asOfThen(
  tx: Queryable,
  request: PastRequest,
  recorded: readonly Recorded[],
): AsyncGenerator<readonly PastPerson[]> {
  const byUser = new Map<number, readonly StreamEvent[]>();
  const all = recorded.flatMap(({ events }) => events);
  const left = await selectLeftProperties(tx, all, request.keys);
  for (const { userId, events } of recorded) {
    byUser.set(
      userId,
      events.map(({ bytes: _, ...event }) => ({ ...event, properties: event.properties ?? left.get(event.seq) ?? {} })),
    );
  }
  const { needs, from } = request;
  const userIds = [...byUser.keys()];
  // The earliest trigger that may be judged is as old as the oldest that are not refused (AB-16).
  const recentOf = await loadRecent(tx, { userIds, needs, at: request.storedFrom, receivedBefore: from });
  let rest: readonly number[] = userIds.toSorted((a, b) => a - b);
  for (let limit = PAGE_ROWS; rest.length > 0; ) {
    const asked = rest.slice(0, limit);
    // The deleted are absent: nothing is known of them any more.
    const rows = await selectPastPeople(tx, { ...request, needs: totalNeeds(needs), userIds: asked });
    yield rows.map((row) => personOf(row, byUser.get(row.id) ?? [], { from, recent: recentOf(row.id) }));
    const last = rows.at(-1);
    const isWhole = last === undefined || rows.length === last.found;
    rest = isWhole ? rest.slice(asked.length) : rest.filter((id) => id > last.id);
    limit = isWhole ? Math.min(PAGE_ROWS, limit * 2) : nextLimit(rows.length, limit);
  }
}

function personOf(
  row: PastPersonRow,
  events: readonly StreamEvent[],
  { from, recent }: { readonly from: number; readonly recent: RecentDays },
): PastPerson {
  const since = events.filter(({ receivedAt }) => receivedAt >= from);
  let profile = undoChange(profileOf(row), row.later_changes);
  for (const event of since.toReversed()) {
    if (event.kind === 'attributes') profile = undoChange(profile, event.properties);
  }
  return {
    facts: { userId: row.id, profile, totals: totalsOf(row, since), recent },
    receipt: receiptOf(row),
    carried: row.carried,
    events,
  };
}

function receiptOf({ received_before, counts_from }: PastPersonRow): Receipt | null {
  return received_before === null ? null : { lastAt: received_before, countsFrom: counts_from ?? received_before };
}

function totalsOf(row: PastPersonRow, since: readonly StreamEvent[]): ReadonlyMap<string, Total> {
  const added = new Map<string, { count: number; amount: number }>();
  for (const event of row.totals.length === 0 ? [] : since) {
    for (const { kind, name, count, amount } of incrementsOf(event)) {
      const known = added.get(totalKey(kind, name)) ?? { count: 0, amount: 0 };
      added.set(totalKey(kind, name), { count: known.count + count, amount: known.amount + amount });
    }
  }
  const totals = new Map<string, Total>();
  for (const { kind, name, count, amount, firstAt, lastAt } of row.totals) {
    const key = totalKey(kind, name);
    const { count: sinceCount, amount: sinceAmount } = added.get(key) ?? { count: 0, amount: 0 };
    // All of it was recorded since: there was no such counter yet.
    if (count <= sinceCount) continue;
    totals.set(key, { count: count - sinceCount, amount: amount - sinceAmount, firstAt, lastAt });
  }
  return totals;
}
