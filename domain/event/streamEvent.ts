import type { JsonObject } from '../json.js';

/**
 * Everything that happens to a user is one event in one stream.
 * `name`: custom → the event's name; purchase → the product id; session, attributes → '';
 * received, exceptionFired, interaction, converted → the campaign's key, which is immutable, so that definitions can
 * refer to it.
 */
export const EVENT_KINDS = [
  'custom',
  'purchase',
  'session',
  'attributes',
  'received',
  'exceptionFired',
  'interaction',
  'converted',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

const CAMPAIGN_KINDS: ReadonlySet<EventKind> = new Set(['received', 'exceptionFired', 'interaction', 'converted']);

/** Whether its name is the key of the campaign it is about. */
export function isOfCampaign(kind: EventKind): boolean {
  return CAMPAIGN_KINDS.has(kind);
}

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
  /** How many of Rappel's own decisions in a row led to it; absent for what people do. */
  readonly chainDepth?: number;
}

/** "After" means greater (time, stream sequence): AB-31a. */
export function isAfter(a: { time: number; seq: number }, b: { time: number; seq: number }): boolean {
  return a.time > b.time || (a.time === b.time && a.seq > b.seq);
}
