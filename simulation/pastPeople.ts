/**
 * People as they were when the period began, with what happened to them in it: blocks of a thousand events or 16 MB from
 * one cursor, and one statement per block for who they are now. Now, less what was recorded since, is then.
 */
import type { Receipt } from '../domain/decision/gates/gates.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import { incrementsOf, totalKey } from '../domain/facts/counters.js';
import { type Totals, takeFromTotals } from '../domain/facts/totals.js';
import { type FactNeed, type Facts, needsOfKind, type UserFacts } from '../domain/facts/userFacts.js';
import { loadFacts } from '../facts/loadFacts.js';
import { nextLimit } from '../facts/readOn.js';
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
  const ofDays = [...needsOfKind(needs, 'recent'), ...needsOfKind(needs, 'matching')];
  const known = await loadFacts(tx, {
    audience: { userIds, needs: ofDays, at: request.storedFrom, receivedBefore: from },
  });
  let rest: readonly number[] = userIds.toSorted((a, b) => a - b);
  for (let limit = PAGE_ROWS; rest.length > 0; ) {
    const asked = rest.slice(0, limit);
    // The deleted are absent: nothing is known of them any more.
    const rows = await selectPastPeople(tx, { ...request, needs: needsOfKind(needs, 'total'), userIds: asked });
    yield rows.map((row) => personOf(row, byUser.get(row.id) ?? [], { from, known: known.audienceFactsOf(row.id) }));
    const last = rows.at(-1);
    const isWhole = last === undefined || rows.length === last.found;
    rest = isWhole ? rest.slice(asked.length) : rest.filter((id) => id > last.id);
    limit = isWhole ? Math.min(PAGE_ROWS, limit * 2) : nextLimit(rows.length, limit);
  }
}

function personOf(
  row: PastPersonRow,
  events: readonly StreamEvent[],
  { from, known }: { readonly from: number; readonly known: Pick<Facts, 'recent' | 'matching'> },
): PastPerson {
  const since = events.filter(({ receivedAt }) => receivedAt >= from);
  let profile = undoChange(profileOf(row), row.later_changes);
  for (const event of since.toReversed()) {
    if (event.kind === 'attributes') profile = undoChange(profile, event.properties);
  }
  return {
    facts: {
      userId: row.id,
      profile,
      totals: takeFromTotals(totalsOf(row), since.flatMap(incrementsOf)),
      recent: known.recent,
      matching: known.matching,
      received: null,
    },
    receipt: receiptOf(row),
    carried: row.carried,
    events,
  };
}

function receiptOf({ received_before, counts_from }: PastPersonRow): Receipt | null {
  return received_before === null ? null : { lastAt: received_before, countsFrom: counts_from ?? received_before };
}

/** As of the end of the period. */
function totalsOf({ totals }: PastPersonRow): Totals {
  return new Map(totals.map(({ kind, name, ...total }) => [totalKey(kind, name), total]));
}
