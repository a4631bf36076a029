/**
 * What audiences read of a person, and how events change it. Each kind of fact is a module that is listed here; what is
 * loaded of it is listed in facts/kinds.ts.
 */
import type { Profile } from '../profile/profile.js';
import { type CountedEvent, incrementsOf } from './counters.js';
import { addToRecent, type RecentDays, type RecentNeed, takeFromRecent } from './recentDays.js';
import { addToTotals, type TotalNeed, type Totals, takeFromTotals } from './totals.js';

/** What is loaded for audiences, beside the profile. */
export interface Facts {
  readonly totals: Totals;
  readonly recent: RecentDays;
}

export const NO_FACTS: Facts = { totals: new Map(), recent: new Map() };

export interface UserFacts extends Facts {
  readonly userId: number;
  readonly profile: Profile;
}

/** What a filter must have loaded before it can be evaluated; the profile is always there. */
export type FactNeed = TotalNeed | RecentNeed;

/** Each fact once, over the most days that anybody asks for. */
export function distinctNeeds(needs: readonly FactNeed[]): readonly FactNeed[] {
  const distinct = new Map<string, FactNeed>();
  for (const need of needs) {
    const key = JSON.stringify({ ...need, days: null });
    const known = distinct.get(key);
    if (known?.kind === 'recent' && need.kind === 'recent' && known.days >= need.days) continue;
    distinct.set(key, need);
  }
  return [...distinct.values()];
}

export function needsOfKind<K extends FactNeed['kind']>(
  needs: readonly FactNeed[],
  kind: K,
): readonly Extract<FactNeed, { kind: K }>[] {
  return needs.filter((need): need is Extract<FactNeed, { kind: K }> => need.kind === kind);
}

/** The person after the event; the same where it changes nothing. */
export function addToFacts(facts: UserFacts, event: CountedEvent): UserFacts {
  const increments = incrementsOf(event);
  if (increments.length === 0) return facts;
  return {
    ...facts,
    totals: addToTotals(facts.totals, increments),
    recent: addToRecent(facts.recent, increments),
  };
}

/** What was known before these events happened. */
export function takeFromFacts(facts: Facts, since: readonly CountedEvent[]): Facts {
  const increments = since.flatMap(incrementsOf);
  return {
    totals: takeFromTotals(facts.totals, increments),
    recent: takeFromRecent(facts.recent, increments),
  };
}
