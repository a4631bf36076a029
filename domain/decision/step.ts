/**
 * One event of one person, folded into decisions: which waiting pairings it cancels, which campaigns it enters or
 * fails to enter, and what the person looks like afterwards. Order: exceptions, triggers with audience, counters.
 * Live recording, simulation and explain share it.
 */

import type { Campaign } from '../campaign/campaign.js';
import { exceptionsOf, listensTo } from '../campaign/entry.js';
import { isOfCampaign } from '../event/kinds.js';
import { type EventMatcher, firstHeard, matches, type TriggerSnapshot } from '../event/matcher.js';
import { isAfter, isOfSameSecond, type StreamEvent } from '../event/streamEvent.js';
import type { UserFacts } from '../facts/userFacts.js';
import { addToFacts } from '../facts/userFacts.js';
import { type StorableText, storableText } from '../schema/storableText.js';
import { dueInstant } from '../timing/delay.js';
import type { Workspace } from '../workspace.js';
import {
  type Cancel,
  type Effect,
  type Enter,
  effectsOf,
  exceptionFired,
  type OpenPairing,
  type Park,
  type Reject,
} from './effects.js';
import { decideEntry } from './entry.js';
import type { Receipt } from './gates/gates.js';
import type { ListenerIndex } from './listeners.js';

export interface PersonState {
  readonly facts: UserFacts;
  readonly open: readonly OpenPairing[];
  /** How many messages they wait for, by campaign id; of campaigns that enter somebody (AB-19). */
  readonly waiting: ReadonlyMap<number, number>;
  /** By campaign id. */
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** Events already in the stream that may be exceptions of a trigger arriving late (AB-38). */
  readonly stored: readonly StreamEvent[];
}

export interface StepResult {
  readonly person: PersonState;
  /** In order: what exceptions end, what triggers lead to, the events that these are. */
  readonly effects: readonly Effect[];
}

export interface StepInput {
  readonly person: PersonState;
  readonly event: StreamEvent;
  readonly listeners: ListenerIndex;
  readonly workspace: Workspace;
  readonly now: number;
}

export function step(input: StepInput): StepResult {
  const { person, event, listeners } = input;
  const ended = endedBy(person.open, event, listeners);
  const effects: Effect[] = [...ended];
  let waiting = countedBy(person.waiting, effectsOf(ended, 'cancel'), -1);
  for (const campaign of listeners.campaignsHearing(event, 'trigger')) {
    const judged = judgeTrigger(campaign, waiting, input);
    effects.push(...judged);
    const begun = effectsOf(judged, 'enter').filter(({ failure }) => failure === null);
    if (!judged.some(({ kind }) => kind === 'cancel')) waiting = countedBy(waiting, begun, 1);
  }

  const closed = new Set([...effectsOf(effects, 'cancel'), ...effectsOf(ended, 'park')].map(({ pairing }) => pairing));
  const begun = effectsOf(effects, 'enter').flatMap(({ failure, pairing }) => (failure === null ? [pairing] : []));
  return {
    person: {
      ...person,
      facts: addToFacts(person.facts, event),
      waiting: countedBy(waiting, effectsOf(ended, 'park'), -1),
      // As it was where nothing changes: there may be thousands, and an event for each that ends.
      open:
        closed.size + begun.length === 0
          ? person.open
          : [...person.open, ...begun].filter((pairing) => !closed.has(pairing)),
      stored: [...person.stored, event],
    },
    effects: [...effects, ...causedBy(effects)],
  };
}

/** The events that Rappel's own decisions are. */
export function causedBy(effects: readonly Effect[]): readonly Effect[] {
  return effectsOf(effects, 'cancel').map((cancel) => ({ kind: 'event', event: exceptionFired(cancel) }));
}

/** The counts with so many more (or fewer) of each pairing's campaign; the same map where there is none. */
function countedBy(
  waiting: PersonState['waiting'],
  changed: readonly { readonly pairing: OpenPairing }[],
  by: 1 | -1,
): PersonState['waiting'] {
  if (changed.length === 0) return waiting;
  const counts = new Map(waiting);
  for (const { pairing } of changed) counts.set(pairing.campaignId, (counts.get(pairing.campaignId) ?? 0) + by);
  return counts;
}

/** One campaign that listens to the event as a trigger: enters, with a cancellation at once (AB-38), rejects, or nothing. */
function judgeTrigger(
  campaign: Campaign,
  waiting: PersonState['waiting'],
  { person, event, listeners, workspace, now }: StepInput,
): readonly (Enter | Reject | Cancel)[] {
  const trigger = firstHeard(listensTo(campaign), event);
  if (trigger === null) return [];
  const pairing: OpenPairing = { id: null, campaignId: campaign.id, trigger, chainDepth: event.chainDepth ?? 0 };
  const enter = { kind: 'enter', userId: event.userId, pairing, campaign } as const;
  const reject = { kind: 'reject', campaign, trigger: event } as const;
  const judged = attempt((): readonly (Enter | Reject | Cancel)[] => {
    if (!listensTo(campaign).some((matcher) => matches(matcher, event))) return [];
    if (isOfCampaign(event.kind) && !listeners.activeKeys.has(event.name))
      return [{ ...reject, reason: 'original_not_active', evidence: { campaign: event.name } }];
    const receipt = person.receipts.get(campaign.id) ?? null;
    const verdict = decideEntry({
      campaign,
      trigger,
      person: { facts: person.facts, workspace },
      receipt,
      waiting,
      now,
    });
    if (verdict.kind === 'reject') return [{ ...reject, reason: verdict.reason, evidence: verdict.evidence }];
    const entered = { ...enter, dueAt: verdict.dueAt, failure: null };
    const exception = firstExceptionAfter(campaign, event, person.stored);
    return exception === null ? [entered] : [entered, { kind: 'cancel', pairing, campaign, by: exception }];
  });
  if (judged.ok) return judged.value;
  // AB-16: nothing would have come of it.
  if (now - event.time > workspace.maxTriggerAgeMs) return [];
  return [
    { ...enter, dueAt: dueInstant(campaign.entry.delay, event.time, workspace.timeZone), failure: judged.failure },
  ];
}

/** AB-31, AB-31a, AB-39: cancels the pairings whose trigger lies before it and whose values it agrees with. */
export function endedBy(
  open: readonly OpenPairing[],
  event: StreamEvent,
  listeners: ListenerIndex,
): readonly (Cancel | Park)[] {
  const ended: (Cancel | Park)[] = [];
  for (const campaign of listeners.campaignsHearing(event, 'exception')) {
    for (const pairing of open) {
      if (pairing.campaignId !== campaign.id) continue;
      const cancels = attempt(() => isException(exceptionsOf(campaign), event, pairing.trigger));
      if (!cancels.ok) ended.push({ kind: 'park', pairing, failure: cancels.failure });
      else if (cancels.value) ended.push({ kind: 'cancel', pairing, campaign, by: event });
    }
  }
  return ended;
}

const FAILURE_LENGTH = 1_000;

type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: StorableText };

/** Rules that throw are their campaign's own trouble: a definition of a newer release, or one edited by hand. */
function attempt<T>(evaluate: () => T): Attempted<T> {
  try {
    return { ok: true, value: evaluate() };
  } catch (error) {
    return { ok: false, failure: storableText(error instanceof Error ? error.message : String(error), FAILURE_LENGTH) };
  }
}

export function isException(
  exceptions: readonly EventMatcher[],
  event: StreamEvent,
  trigger: TriggerSnapshot,
): boolean {
  return isAfter(event, trigger) && exceptions.some((exception) => matches(exception, event, trigger));
}

/**
 * AB-38: the earliest stored event, by (time, sequence), that is an exception of this trigger. An event of the same
 * second that no longer speaks against the trigger, see `isOvertaken`, is none.
 */
export function firstExceptionAfter(
  campaign: Campaign,
  trigger: TriggerSnapshot,
  stored: readonly StreamEvent[],
): StreamEvent | null {
  let first: StreamEvent | null = null;
  for (const event of stored) {
    if (!isException(exceptionsOf(campaign), event, trigger) || isOvertaken(event, campaign, { trigger, stored }))
      continue;
    if (first === null || comesBefore(event, first)) first = event;
  }
  return first;
}

function comesBefore(a: StreamEvent, b: StreamEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq);
}

/**
 * Whether a repeat of a debounce (AB-33), later by its fraction than this trigger and recorded before it, was itself
 * started over in between by a repeat without a fraction, which this trigger starts over in turn (AB-18). Each of the
 * three is after another: without this all would be cancelled, and nobody would get the message.
 */
function isOvertaken(
  event: StreamEvent,
  campaign: Campaign,
  { trigger, stored }: { readonly trigger: TriggerSnapshot; readonly stored: readonly StreamEvent[] },
): boolean {
  const isRepeat = (each: StreamEvent) => listensTo(campaign).some((matcher) => matches(matcher, each));
  const exceptions = exceptionsOf(campaign);
  if (event.seq > trigger.seq || !isOfSameSecond(event, trigger) || !isRepeat(event)) return false;
  const { userId, receivedAt } = event;
  return stored.some(
    (between) =>
      between.isWholeSecond === true &&
      between.seq < trigger.seq &&
      isOfSameSecond(between, event) &&
      isRepeat(between) &&
      isException(exceptions, between, event) &&
      isException(exceptions, { ...trigger, userId, receivedAt }, between),
  );
}
