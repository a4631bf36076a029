// Counters over all that a person ever did.
import { type Counter, type Increment, type Tally, totalKey } from './counters.js';

export interface Total extends Tally {
  readonly firstAt: number;
  readonly lastAt: number;
}

/** By `totalKey`; a missing one means "never". */
export type Totals = ReadonlyMap<string, Total>;

export interface TotalNeed extends Counter {
  readonly kind: 'total';
}

export function addToTotals(totals: Totals, increments: readonly Increment[]): Totals {
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

/** The first and the last instant stay: which they were before is not known. */
export function takeFromTotals(totals: Totals, increments: readonly Increment[]): Totals {
  if (totals.size === 0 || increments.length === 0) return totals;
  const taken = new Map<string, Tally>();
  for (const { kind, name, count, amount } of increments) {
    const sum = taken.get(totalKey(kind, name)) ?? { count: 0, amount: 0 };
    taken.set(totalKey(kind, name), { count: sum.count + count, amount: sum.amount + amount });
  }
  const before = new Map(totals);
  for (const [key, { count, amount }] of taken) {
    const total = totals.get(key);
    // All of it was taken: there was no such counter yet.
    if (total === undefined || total.count <= count) before.delete(key);
    else before.set(key, { ...total, count: total.count - count, amount: total.amount - amount });
  }
  return before;
}
