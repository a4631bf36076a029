import type { JsonObject } from '../json.js';

/**
 * Everything that happens to a user is one event in one stream.
 * `name`: custom → the event's name; purchase → the product id; session, attributes → '';
 * received, exceptionFired → the campaign's key, which is immutable, so that definitions can refer to it.
 */
export const EVENT_KINDS = ['custom', 'purchase', 'session', 'attributes', 'received', 'exceptionFired'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface StreamEvent {
  readonly seq: number;
  readonly userId: number;
  readonly kind: EventKind;
  readonly name: string;
  /** Epoch ms at which it happened; never after `receivedAt`. */
  readonly time: number;
  /** Epoch ms at which the recording transaction decided. */
  readonly receivedAt: number;
  readonly properties: JsonObject;
}

/** "After" means greater (time, stream sequence): AB-31a. */
export function isAfter(a: { time: number; seq: number }, b: { time: number; seq: number }): boolean {
  return a.time > b.time || (a.time === b.time && a.seq > b.seq);
}
