/** What people did on single recent days, for audiences that count "in the last days"; no statement where none does. */
import { startOfLastDays } from '../domain/segment/counted.js';
import { type FactNeed, type RecentDays, recentNeeds, type Tally, totalKey } from '../domain/segment/facts.js';
import type { Queryable } from '../storage/pool.js';
import { selectRecentDays } from '../storage/queries/events/selectRecentDays.js';

export interface RecentRequest {
  readonly userIds: readonly number[];
  readonly needs: readonly FactNeed[];
  /** The earliest instant that an audience is evaluated for. */
  readonly at: number;
  /** Counts as if it were this instant; absent: everything recorded. */
  readonly receivedBefore?: number;
}

/** Every need of every person is there, be it without a day: what happens next is added to it. */
export async function loadRecent(tx: Queryable, request: RecentRequest): Promise<(userId: number) => RecentDays> {
  const needs = recentNeeds(request.needs);
  if (needs.length === 0 || request.userIds.length === 0) return () => new Map();
  const people = new Map<number, Map<string, Map<number, Tally>>>();
  const nothing = () =>
    new Map(needs.map(({ eventKind, name }) => [totalKey(eventKind, name), new Map<number, Tally>()]));
  for (const userId of request.userIds) people.set(userId, nothing());
  const rows = await selectRecentDays(tx, {
    userIds: request.userIds,
    names: needs.map(({ eventKind, name, days }) => ({
      kind: eventKind,
      name,
      since: startOfLastDays(days, request.at),
    })),
    receivedBefore: request.receivedBefore ?? null,
  });
  for (const { user_id, kind, name, day, count, amount } of rows) {
    people.get(user_id)?.get(totalKey(kind, name))?.set(day, { count, amount });
  }
  return (userId) => people.get(userId) ?? nothing();
}
