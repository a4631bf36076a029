// Events of the last days whose properties pass tests, counted by UTC day (SG-11: "X event property in Y days").
import { type PropertyTest, passesPropertyTest } from '../event/propertyTest.js';
import { type CountedEvent, type Counter, incrementsOf, type Tally } from './counters.js';
import { utcDay } from './recentDays.js';

export interface Matched extends Counter {
  /** All must pass. */
  readonly where: readonly PropertyTest[];
}

export interface MatchingNeed extends Matched {
  readonly kind: 'matching';
  readonly days: number;
}

export interface MatchingCounter extends Matched {
  readonly days: ReadonlyMap<number, Tally>;
  /** Not all of the person's events were read, as there are too many. */
  readonly isCut: boolean;
}

/** By `matchingKey`. Only of what was asked for, each from its earliest day on. */
export type Matching = ReadonlyMap<string, MatchingCounter>;

export function matchingKey({ eventKind, name, where }: Matched): string {
  return JSON.stringify([eventKind, name, where]);
}

/** The counters after the event, or with `sign` -1 before it; the same where none of them counts it. */
export function addToMatching(matching: Matching, event: CountedEvent, sign: 1 | -1 = 1): Matching {
  let next: Map<string, MatchingCounter> | null = null;
  for (const [key, counter] of matching) {
    const tally = talliedBy(counter, event);
    if (tally === null) continue;
    const day = utcDay(event.time);
    const before = counter.days.get(day);
    // Of a day that is not known nothing is taken.
    if (sign === -1 && before === undefined) continue;
    const { count, amount } = before ?? { count: 0, amount: 0 };
    const after = { count: count + sign * tally.count, amount: amount + sign * tally.amount };
    next ??= new Map(matching);
    next.set(key, { ...counter, days: new Map(counter.days).set(day, after) });
  }
  return next ?? matching;
}

/** What the event adds; null where it is another event, or its properties do not pass. */
function talliedBy({ eventKind, name, where }: Matched, event: CountedEvent): Tally | null {
  if (event.kind !== eventKind) return null;
  const increment = incrementsOf(event).find((each) => each.name === name);
  if (increment === undefined || !where.every((test) => passesPropertyTest(test, event.properties))) return null;
  return increment;
}
