/**
 * What audiences read of a person, and how events change it. Each kind of fact is a module that is listed here; what is
 * loaded of it is listed in facts/kinds.ts.
 */
import type { Profile } from '../profile/profile.js';
import { type CountedEvent, incrementsOf } from './counters.js';
import { addToMatching, type Matching, type MatchingNeed } from './matching.js';
import { addToReceived, type Received, type ReceivedNeed } from './received.js';
import { addToRecent, type RecentDays, type RecentNeed, takeFromRecent } from './recentDays.js';
import { addToTotals, type TotalNeed, type Totals, takeFromTotals } from './totals.js';

/** What is loaded for audiences, beside the profile. */
export interface Facts {
  readonly totals: Totals;
  readonly recent: RecentDays;
  readonly matching: Matching;
  /** Null: not known, as of a time that is past. */
  readonly received: Received | null;
}

export const NO_FACTS: Facts = { totals: new Map(), recent: new Map(), matching: new Map(), received: new Map() };

export interface UserFacts extends Facts {
  readonly userId: number;
  readonly profile: Profile;
}

/** What a filter must have loaded before it can be evaluated; the profile is always there. */
export type FactNeed = TotalNeed | RecentNeed | MatchingNeed | ReceivedNeed;

/** Each fact once, over the most days that anybody asks for. */
export function distinctNeeds(needs: readonly FactNeed[]): readonly FactNeed[] {
  const distinct = new Map<string, FactNeed>();
  for (const need of needs) {
    const key = JSON.stringify({ ...need, days: null });
    const known = distinct.get(key);
    if (known !== undefined && daysOf(known) >= daysOf(need)) continue;
    distinct.set(key, need);
  }
  return [...distinct.values()];
}

/** -1 of what is asked whole. */
function daysOf(need: FactNeed): number {
  return 'days' in need ? need.days : -1;
}

export function needsOfKind<K extends FactNeed['kind']>(
  needs: readonly FactNeed[],
  kind: K,
): readonly Extract<FactNeed, { kind: K }>[] {
  return needs.filter((need): need is Extract<FactNeed, { kind: K }> => need.kind === kind);
}

/** The person after the event; the same where it changes nothing. */
export function addToFacts(facts: UserFacts, event: CountedEvent): UserFacts {
  const received = facts.received && addToReceived(facts.received, event);
  if (received !== facts.received) return { ...facts, received };
  const increments = incrementsOf(event);
  if (increments.length === 0) return facts;
  return {
    ...facts,
    totals: addToTotals(facts.totals, increments),
    recent: addToRecent(facts.recent, increments),
    matching: addToMatching(facts.matching, event),
  };
}

/** What was known before these events happened. */
export function takeFromFacts(facts: Facts, since: readonly CountedEvent[]): Facts {
  const increments = since.flatMap(incrementsOf);
  return {
    totals: takeFromTotals(facts.totals, increments),
    recent: takeFromRecent(facts.recent, increments),
    matching: since.reduce((matching, event) => addToMatching(matching, event, -1), facts.matching),
    received: since.reduce<Received | null>(
      (received, event) => received && addToReceived(received, event, -1),
      facts.received,
    ),
  };
}
