// Counters of single UTC days: what a person did "in the last days" (SG-02).
import { type Counter, type Increment, type Tally, totalKey } from './counters.js';

const DAY_MS = 86_400_000;

/** By `totalKey`, then by days since the epoch. Only of what was asked for, each from its earliest day on. */
export type RecentDays = ReadonlyMap<string, ReadonlyMap<number, Tally>>;

/** The counters of today and of so many UTC days before. */
export interface RecentNeed extends Counter {
  readonly kind: 'recent';
  readonly days: number;
}

export function utcDay(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** The first instant that counts: 00:00 UTC, so many days before the day of `at`. */
export function startOfLastDays(days: number, at: number): number {
  return (utcDay(at) - days) * DAY_MS;
}

/** Only what was loaded is kept up: of the rest, earlier events are not known. */
export function addToRecent(recent: RecentDays, increments: readonly Increment[], sign: 1 | -1 = 1): RecentDays {
  let next = recent;
  for (const { kind, name, count, amount, at } of increments) {
    const key = totalKey(kind, name);
    const days = next.get(key);
    if (days === undefined) continue;
    const before = days.get(utcDay(at)) ?? { count: 0, amount: 0 };
    const after = { count: before.count + sign * count, amount: before.amount + sign * amount };
    next = new Map(next).set(key, new Map(days).set(utcDay(at), after));
  }
  return next;
}

/** Of a day that is not known nothing is taken. */
export function takeFromRecent(recent: RecentDays, increments: readonly Increment[]): RecentDays {
  const known = increments.filter(({ kind, name, at }) => recent.get(totalKey(kind, name))?.has(utcDay(at)) === true);
  return addToRecent(recent, known, -1);
}
