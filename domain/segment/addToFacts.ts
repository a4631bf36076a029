import { type CountedKind, countsOf } from '../event/kinds.js';
import type { StreamEvent } from '../event/streamEvent.js';
import { utcDay } from './counted.js';
import { type RecentDays, type Total, totalKey, type UserFacts } from './facts.js';

/** One event's contribution to one counter. */
export interface Increment {
  readonly kind: CountedKind;
  readonly name: string;
  readonly count: number;
  readonly amount: number;
  readonly at: number;
}

/** The counters an event raises: purchases count under their product and under '' (any product). */
export function incrementsOf(event: Pick<StreamEvent, 'kind' | 'name' | 'time' | 'properties'>): readonly Increment[] {
  return countsOf(event).map((counted) => ({ ...counted, at: event.time }));
}

/** The person after the event, as far as counters go. */
export function addToFacts(
  facts: UserFacts,
  event: Pick<StreamEvent, 'kind' | 'name' | 'time' | 'properties'>,
): UserFacts {
  const increments = incrementsOf(event);
  if (increments.length === 0) return facts;
  return {
    ...facts,
    totals: addToTotals(facts.totals, increments),
    recent: addToRecent(facts.recent, increments),
  };
}

function addToTotals(totals: ReadonlyMap<string, Total>, increments: readonly Increment[]): ReadonlyMap<string, Total> {
  const next = new Map(totals);
  for (const { kind, name, count, amount, at } of increments) {
    const key = totalKey(kind, name);
    const before = next.get(key);
    next.set(key, {
      count: (before?.count ?? 0) + count,
      amount: (before?.amount ?? 0) + amount,
      firstAt: Math.min(before?.firstAt ?? at, at),
      lastAt: Math.max(before?.lastAt ?? at, at),
    });
  }
  return next;
}

/** Only what was loaded is kept up: of the rest, earlier events are not known. */
function addToRecent(recent: RecentDays, increments: readonly Increment[]): RecentDays {
  let next = recent;
  for (const { kind, name, count, amount, at } of increments) {
    const key = totalKey(kind, name);
    const days = next.get(key);
    if (days === undefined) continue;
    const before = days.get(utcDay(at)) ?? { count: 0, amount: 0 };
    const after = { count: before.count + count, amount: before.amount + amount };
    next = new Map(next).set(key, new Map(days).set(utcDay(at), after));
  }
  return next;
}
