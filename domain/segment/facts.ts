import type { CountedKind } from '../event/kinds.js';
import type { Profile } from '../profile/profile.js';

/** A counter over a person's events. `amount`: money spent, for purchases. */
export interface Total {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly amount: number;
}

export type Tally = Pick<Total, 'count' | 'amount'>;

/** Counters of single UTC days, by days since the epoch; keyed by `totalKey`. */
export type RecentDays = ReadonlyMap<string, ReadonlyMap<number, Tally>>;

/** What an audience reads of a person. Totals are keyed by `totalKey`; a missing one means "never". */
export interface UserFacts {
  readonly userId: number;
  readonly profile: Profile;
  readonly totals: ReadonlyMap<string, Total>;
  /** Only of the kinds and names that were asked for, each from its earliest day on. */
  readonly recent: RecentDays;
}

/** `name` '' is the total over every name of the kind (any purchase, any session). */
export function totalKey(kind: CountedKind, name: string): string {
  return `${kind}:${name}`;
}

export interface TotalNeed {
  readonly kind: 'total';
  readonly eventKind: CountedKind;
  readonly name: string;
}

/** The counters of today and of so many UTC days before. */
export interface RecentNeed {
  readonly kind: 'recent';
  readonly eventKind: CountedKind;
  readonly name: string;
  readonly days: number;
}

/** What a filter must have loaded before it can be evaluated; the profile is always there. */
export type FactNeed = TotalNeed | RecentNeed;

/** Each fact once, over the most days that anybody asks for. */
export function distinctNeeds(needs: readonly FactNeed[]): readonly FactNeed[] {
  const distinct = new Map<string, FactNeed>();
  for (const need of needs) {
    const key = `${need.kind} ${totalKey(need.eventKind, need.name)}`;
    const known = distinct.get(key);
    if (known?.kind === 'recent' && need.kind === 'recent' && known.days >= need.days) continue;
    distinct.set(key, need);
  }
  return [...distinct.values()];
}

export function totalNeeds(needs: readonly FactNeed[]): readonly TotalNeed[] {
  return needs.filter((need) => need.kind === 'total');
}

export function recentNeeds(needs: readonly FactNeed[]): readonly RecentNeed[] {
  return needs.filter((need) => need.kind === 'recent');
}
