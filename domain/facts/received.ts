// Messages that a person received: how many of which campaign, variant, channel or tag, first and last when (SG-12).
import type { ChannelName } from '../channel/index.js';
import type { CountedEvent } from './counters.js';

/** Which messages; what is null may be any. */
export interface ReceivedWhich {
  /** Its key. */
  readonly campaign: string | null;
  readonly variant: string | null;
  readonly channel: ChannelName | null;
  /** Of the campaigns that carry it now. */
  readonly tag: string | null;
}

export interface ReceivedNeed extends ReceivedWhich {
  readonly kind: 'received';
}

export interface ReceivedTally {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** By `receivedKey`, of what was asked for; null: of none. */
export type Received = ReadonlyMap<string, { readonly which: ReceivedWhich; readonly tally: ReceivedTally | null }>;

export function receivedKey({ campaign, variant, channel, tag }: ReceivedWhich): string {
  return JSON.stringify([campaign, variant, channel, tag]);
}

/**
 * What was received after the event, or with `sign` -1 before it; the same where it is no receipt that counts. A tag is not
 * told by an event: what was received with it stays as it was read. The first and the last instant stay where one is taken.
 */
export function addToReceived(received: Received, event: CountedEvent, sign: 1 | -1 = 1): Received {
  if (event.kind !== 'received') return received;
  let next: Map<string, { which: ReceivedWhich; tally: ReceivedTally | null }> | null = null;
  for (const [key, { which, tally }] of received) {
    if (!isOf(which, event)) continue;
    next ??= new Map(received);
    next.set(key, { which, tally: sign === 1 ? withOne(tally, event.time) : withoutOne(tally) });
  }
  return next ?? received;
}

function isOf({ campaign, variant, channel, tag }: ReceivedWhich, { name, properties }: CountedEvent): boolean {
  if (tag !== null) return false;
  return (
    (campaign === null || campaign === name) &&
    (variant === null || variant === properties.variant) &&
    (channel === null || channel === properties.channel)
  );
}

function withOne(tally: ReceivedTally | null, at: number): ReceivedTally {
  if (tally === null) return { count: 1, firstAt: at, lastAt: at };
  return { count: tally.count + 1, firstAt: Math.min(tally.firstAt, at), lastAt: Math.max(tally.lastAt, at) };
}

function withoutOne(tally: ReceivedTally | null): ReceivedTally | null {
  return tally === null || tally.count <= 1 ? null : { ...tally, count: tally.count - 1 };
}
