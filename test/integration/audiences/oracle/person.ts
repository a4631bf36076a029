// What the oracle judges a person by.
import type { Fields } from './written.js';

/** All that is known of a person, as it is stored. */
export interface Known {
  /** Fields of the profile, by the names that filters use: `email`, `time_zone`, … */
  readonly columns: Fields;
  readonly attributes: Fields;
  /** Since when the state of each subscription is what it is; null where nothing has changed it. */
  readonly since: Readonly<Record<'email' | 'push', number | null>>;
  readonly createdAt: number;
  /** The state of each subscription group that has one. */
  readonly groups: Fields;
  readonly events: readonly KnownEvent[];
  /** Kept counters: purchases by product and in all (""), sessions (""). */
  readonly counters: readonly Counter[];
  readonly messages: readonly Messages[];
}

export interface KnownEvent {
  readonly kind: string;
  readonly name: string;
  readonly time: number;
  readonly properties: Fields;
}

export interface Counter {
  readonly kind: string;
  readonly name: string;
  readonly count: number;
  readonly amount: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Messages of one campaign, variant and channel. */
export interface Messages {
  readonly campaign: string;
  readonly tags: readonly string[];
  readonly variant: string;
  readonly channel: string;
  readonly count: number;
  readonly lastAt: number;
}
