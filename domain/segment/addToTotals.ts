import type { StreamEvent } from '../event/streamEvent.js';
import type { JsonObject } from '../json.js';
import { type CountedKind, type Total, totalKey } from './facts.js';

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

export function addToTotals(
  totals: ReadonlyMap<string, Total>,
  event: Pick<StreamEvent, 'kind' | 'name' | 'time' | 'properties'>,
): ReadonlyMap<string, Total> {
  const increments = incrementsOf(event);
  if (increments.length === 0) return totals;
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

function numberOr(properties: JsonObject, name: string, otherwise: number): number {
  const value = properties[name];
  return typeof value === 'number' ? value : otherwise;
}
