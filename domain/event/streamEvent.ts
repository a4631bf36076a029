import type { JsonObject } from '../json.js';
import type { EventKind } from './kinds.js';

export interface StreamEvent {
  readonly seq: number;
  readonly userId: number;
  readonly kind: EventKind;
  readonly name: string;
  /** Epoch ms at which it happened; never after `receivedAt`. */
  readonly time: number;
  /** AB-18: the time was given without a fraction: it happened some time within that second. */
  readonly isWholeSecond?: boolean;
  /** Epoch ms at which the recording transaction decided. */
  readonly receivedAt: number;
  /** It came by an import: history, which facts count and no campaign hears. `receivedAt` is then its own time. */
  readonly isImported?: boolean;
  readonly properties: JsonObject;
  /** How many of Rappel's own decisions in a row led to it; absent for what people do. */
  readonly chainDepth?: number;
}

export type Placed = Pick<StreamEvent, 'time' | 'seq' | 'isWholeSecond'>;

/**
 * "After" means greater (time, stream sequence): AB-31a. One whose time has no fraction is ordered against the others of
 * its second by arrival (AB-18), so three events of one second may each be after another: see `firstExceptionAfter`.
 */
export function isAfter(a: Placed, b: Placed): boolean {
  if ((a.isWholeSecond === true || b.isWholeSecond === true) && isOfSameSecond(a, b)) return a.seq > b.seq;
  return a.time > b.time || (a.time === b.time && a.seq > b.seq);
}

export function isOfSameSecond(a: Placed, b: Placed): boolean {
  return startOfSecond(a.time) === startOfSecond(b.time);
}

export function startOfSecond(time: number): number {
  return Math.floor(time / SECOND_MS) * SECOND_MS;
}

/** The last instant at which it may have happened (AB-18). */
export function latestInstant({ time, isWholeSecond }: Pick<StreamEvent, 'time' | 'isWholeSecond'>): number {
  return isWholeSecond === true ? startOfSecond(time) + SECOND_MS - 1 : time;
}

const SECOND_MS = 1_000;
