// What filters count: events of a kind and name, ever or "in the last days". SG-02: those are 1 to 30 UTC calendar days,
// today being day 0, so that "1 day" spans 24 to 48 hours.

import { z } from 'zod';
import { type Counter, type Tally, totalKey } from '../facts/counters.js';
import { utcDay } from '../facts/recentDays.js';
import type { FactNeed, UserFacts } from '../facts/userFacts.js';
import { withAllowed } from '../schema/fields.js';
import { parseDurationText } from '../timing/durationText.js';

const DAY_MS = 86_400_000;
const MOST_DAYS = 30;

export interface Counted extends Counter {
  /** Absent: ever. */
  readonly inLast?: string | undefined;
}

function daysOf(text: string): number | null {
  const days = (parseDurationText(text) ?? Number.NaN) / DAY_MS;
  return Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days : null;
}

/** Said in days, as they are calendar days and "1 week" would not say so. */
export const inLastText = z
  .string()
  .max(100)
  .refine((text) => daysOf(text) !== null, {
    error: () => withAllowed('is not a number of days', `1 to ${MOST_DAYS} whole days, such as "7 days"`),
  })
  .overwrite((text) => (daysOf(text) === 1 ? '1 day' : `${daysOf(text)} days`));

export function lastDays(inLast: string): number {
  const days = daysOf(inLast);
  if (days === null) throw new RangeError(`Not a number of days: ${JSON.stringify(inLast)}.`);
  return days;
}

export function needOf({ eventKind, name, inLast }: Counted): FactNeed {
  if (inLast === undefined) return { kind: 'total', eventKind, name };
  return { kind: 'recent', eventKind, name, days: lastDays(inLast) };
}

/** What is recorded by now, from the first day that counts on. */
export function tallyOf({ eventKind, name, inLast }: Counted, facts: UserFacts, now: number): Tally {
  const key = totalKey(eventKind, name);
  if (inLast === undefined) return facts.totals.get(key) ?? { count: 0, amount: 0 };
  const first = utcDay(now) - lastDays(inLast);
  let count = 0;
  let amount = 0;
  for (const [day, tally] of facts.recent.get(key) ?? []) {
    if (day < first) continue;
    count += tally.count;
    amount += tally.amount;
  }
  return { count, amount };
}

export function describeInLast(inLast: string | undefined): string {
  return inLast === undefined ? '' : ` in the last ${inLast}`;
}
