import type { EventMatcher } from '../event/matcher.js';

/** AB-20: from the trigger's own time on, as elapsed time or to a time of day on somebody's calendar. */
export type Delay =
  | { readonly kind: 'none' }
  | { readonly kind: 'after'; readonly ms: number }
  /** AB-21: `weekday` as in ISO 8601, Monday = 1; the trigger's own weekday means a week later. */
  | { readonly kind: 'nextWeekday'; readonly weekday: number; readonly minute: number; readonly zone: ZoneRule }
  /** AB-22. */
  | { readonly kind: 'inDays'; readonly days: number; readonly minute: number; readonly zone: ZoneRule };

export type ZoneRule =
  | { readonly kind: 'user' }
  | { readonly kind: 'workspace' }
  | { readonly kind: 'iana'; readonly zone: string };

/** A person's own event lets them in; the message waits for the delay, unless an exception comes first. */
export interface EventEntry {
  readonly kind: 'event';
  readonly trigger: EventMatcher;
  readonly delay: Delay;
  readonly exceptions: readonly EventMatcher[];
}

/**
 * What lets people into a campaign. Whoever needs what only one kind has reads it from `entry`, and the compiler names them
 * when there is another kind; the rest asks the functions below, which answer for every kind.
 */
export type Entry = EventEntry;

export interface Entered {
  readonly entry: Entry;
}

/** Events that may let somebody in. */
export function listensTo({ entry }: Entered): readonly EventMatcher[] {
  switch (entry.kind) {
    case 'event':
      return [entry.trigger];
  }
}

/** Events that end what waits; none where nothing does. */
export function exceptionsOf({ entry }: Entered): readonly EventMatcher[] {
  switch (entry.kind) {
    case 'event':
      return entry.exceptions;
  }
}

/** SG-03: whether it sends at a time of day on each person's own clock. */
export function sendsInLocalTime({ entry }: Entered): boolean {
  switch (entry.kind) {
    case 'event':
      return 'zone' in entry.delay && entry.delay.zone.kind === 'user';
  }
}
