/** What an event of one person leads to: the fold answers these, recording writes them, simulation interprets them. */

import type { Campaign } from '../campaign/campaign.js';
import { type Entered, exceptionsOf } from '../campaign/entry.js';
import type { EventKind } from '../event/kinds.js';
import type { TriggerSnapshot } from '../event/matcher.js';
import type { StreamEvent } from '../event/streamEvent.js';
import type { StorableText } from '../schema/storableText.js';
import { type Evidence, isoInstant } from './gates/gates.js';
import type { Reason } from './reasons.js';

/** A pairing that has not begun to send. `id` is null until it has been written. */
export interface OpenPairing {
  readonly id: number | null;
  readonly campaignId: number;
  readonly trigger: TriggerSnapshot;
  /** How many of Rappel's own decisions in a row led to it. */
  readonly chainDepth: number;
}

export interface Enter {
  readonly kind: 'enter';
  readonly userId: number;
  readonly pairing: OpenPairing;
  readonly campaign: Campaign;
  readonly dueAt: number;
  /** Why its trigger, audience or exceptions could not be evaluated: it is parked, and neighbours are unharmed. */
  readonly failure: StorableText | null;
}

export interface Reject {
  readonly kind: 'reject';
  readonly campaign: Campaign;
  readonly trigger: StreamEvent;
  readonly reason: Reason;
  readonly evidence: Evidence;
}

export interface Cancel {
  readonly kind: 'cancel';
  readonly pairing: OpenPairing;
  readonly campaign: Campaign;
  readonly by: StreamEvent;
}

/** Of a waiting pairing it could not be told whether the event cancels it. */
export interface Park {
  readonly kind: 'park';
  readonly pairing: OpenPairing;
  readonly failure: StorableText;
}

/** An event of Rappel's own, which may trigger in turn; numbered when it is recorded. */
export interface Cause {
  readonly kind: 'event';
  readonly event: CausedEvent;
}

export type CausedEvent = Pick<StreamEvent, 'userId' | 'kind' | 'name' | 'properties' | 'chainDepth'>;

export type Effect = Enter | Reject | Cancel | Park | Cause;
/** What is written as it is; events are numbered, and folded in turn. */
export type WrittenEffect = Exclude<Effect, Cause>;

export function effectsOf<K extends Effect['kind']>(
  effects: readonly Effect[],
  kind: K,
): readonly Extract<Effect, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
}

/** CC-01: that an exception ended a pairing is an event too, of the campaign. */
export function exceptionFired({ pairing, campaign, by }: Omit<Cancel, 'kind'>): CausedEvent {
  return {
    userId: by.userId,
    kind: 'exceptionFired',
    name: campaign.key,
    properties: { by: by.seq },
    chainDepth: pairing.chainDepth + 1,
  };
}

/** The kinds of events that deciding for the campaign may cause, named by its key. */
export function causedKindsOf(campaign: Entered): readonly EventKind[] {
  return exceptionsOf(campaign).length === 0 ? [] : ['exceptionFired'];
}

/** What is stored with a pairing that an exception cancelled. */
export function exceptionEvidence(by: StreamEvent): Evidence {
  const evidence = { event: by.kind, name: by.name, at: isoInstant(by.time), seq: by.seq };
  return by.isWholeSecond === true ? { ...evidence, withinSecond: true } : evidence;
}
