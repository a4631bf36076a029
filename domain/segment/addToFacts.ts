import type { StreamEvent } from '../event/streamEvent.js';
import type { JsonObject } from '../json.js';
import { utcDay } from './counted.js';
import { type CountedKind, type RecentDays, type Total, totalKey, type UserFacts } from './facts.js';

/** One event's contribution to one counter. UT-07: a purchase of quantity X counts as X purchases. */
export interface Increment {
  readonly kind: CountedKind;
  readonly name: string;
  readonly count: number;
  readonly amount: number;
  readonly at: number;
}

/** The counters an event raises: purchases count under their product and under '' (any product). */
export function incrementsOf(event: Pick<StreamEvent, 'kind' | 'name' | 'time' | 'properties'>): readonly Increment[] {
  const { kind, name, time: at } = event;
  switch (kind) {
    case 'custom':
    case 'session':
      return [{ kind, name, count: 1, amount: 0, at }];
    case 'purchase': {
      const count = numberOr(event.properties, 'quantity', 1);
      const amount = numberOr(event.properties, 'price', 0) * count;
      return [
        { kind, name, count, amount, at },
        { kind, name: '', count, amount, at },
      ];
    }
    case 'attributes':
    case 'received':
    case 'exceptionFired':
    case 'interaction':
    case 'converted':
      return [];
  }
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

function numberOr(properties: JsonObject, name: string, otherwise: number): number {
  const value = properties[name];
  return typeof value === 'number' ? value : otherwise;
}
