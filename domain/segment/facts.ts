import type { Profile } from '../profile/profile.js';

/** A counter over a person's events. `amount`: money spent, for purchases. */
export interface Total {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly amount: number;
}

export type CountedKind = 'custom' | 'purchase' | 'session';

/** What an audience reads of a person. Totals are keyed by `totalKey`; a missing one means "never". */
export interface UserFacts {
  readonly userId: number;
  readonly profile: Profile;
  readonly totals: ReadonlyMap<string, Total>;
}

/** `name` '' is the total over every name of the kind (any purchase, any session). */
export function totalKey(kind: CountedKind, name: string): string {
  return `${kind}:${name}`;
}

/** What a filter must have loaded before it can be evaluated; the profile is always there. */
export type FactNeed = { readonly kind: 'total'; readonly eventKind: CountedKind; readonly name: string };
