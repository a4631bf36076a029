// What a person's events add up to: a counter for each kind and name that is counted, `name` '' being any.
import { type CountedKind, countsOf } from '../event/kinds.js';
import type { StreamEvent } from '../event/streamEvent.js';

export interface Counter {
  readonly eventKind: CountedKind;
  /** '' for any purchase, and for sessions. */
  readonly name: string;
}

/** `amount`: money spent, for purchases. */
export interface Tally {
  readonly count: number;
  readonly amount: number;
}

export type CountedEvent = Pick<StreamEvent, 'kind' | 'name' | 'time' | 'properties'>;

/** One event's contribution to one counter. */
export interface Increment extends Tally {
  readonly kind: CountedKind;
  readonly name: string;
  readonly at: number;
}

/** `name` '' is the total over every name of the kind (any purchase, any session). */
export function totalKey(kind: CountedKind, name: string): string {
  return `${kind}:${name}`;
}

/** The counters an event raises: purchases count under their product and under '' (any product). */
export function incrementsOf(event: CountedEvent): readonly Increment[] {
  return countsOf(event).map((counted) => ({ ...counted, at: event.time }));
}
