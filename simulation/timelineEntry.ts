/** What a simulation says happened to one person, and when. */

import type { Evidence } from '../domain/decision/gates/gates.js';
import type { Reason } from '../domain/decision/reasons.js';
import type { HoldReason } from '../domain/decision/verdict.js';
import type { TriggerSnapshot } from '../domain/event/matcher.js';

export type TimelineEntry = { readonly at: number; readonly trigger: TriggerSnapshot } & (
  | { readonly kind: 'rejected'; readonly reason: Reason; readonly evidence: Evidence }
  | { readonly kind: 'entered'; readonly dueAt: number }
  | { readonly kind: 'held'; readonly until: number; readonly because: HoldReason }
  /** The person's time zone changed. */
  | { readonly kind: 'moved'; readonly dueAt: number; readonly wakeAt: number }
  | { readonly kind: 'cancelled' | 'dropped'; readonly reason: Reason; readonly evidence: Evidence }
  | { readonly kind: 'sent' }
  /** Its rules could not be evaluated. */
  | { readonly kind: 'parked'; readonly failure: string }
  /** At the end of the period. */
  | { readonly kind: 'waiting'; readonly until: number }
);
