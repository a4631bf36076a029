/**
 * One event of one person, folded into decisions: which waiting pairings it cancels, which campaigns it enters or
 * fails to enter, and what the person looks like afterwards. Order: exceptions, triggers with audience, counters.
 * Live recording, simulation and explain share it.
 */
import type { Campaign } from '../campaign/campaign.js';
import {
  type EventMatcher,
  heardBy,
  listenerKey,
  listenerKeysOf,
  matches,
  type TriggerSnapshot,
} from '../event/matcher.js';
import { isAfter, isOfCampaign, isOfSameSecond, type StreamEvent } from '../event/streamEvent.js';
import { type StorableText, storableText } from '../schema/storableText.js';
import { addToFacts } from '../segment/addToFacts.js';
import type { UserFacts } from '../segment/facts.js';
import { dueInstant } from '../timing/delay.js';
import type { Workspace } from '../workspace.js';
import { decideEntry } from './entry.js';
import { type Evidence, isoInstant, type Receipt } from './gates.js';
import type { Reason } from './reasons.js';

/** A pairing that has not begun to send. `id` is null until it has been written. */
export interface OpenPairing {
  readonly id: number | null;
  readonly campaignId: number;
  readonly trigger: TriggerSnapshot;
  /** How many of Rappel's own decisions in a row led to it. */
  readonly chainDepth: number;
}

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

/** Active campaigns by what they listen to; keys as made by `listenerKey`. */
export interface Listeners {
  readonly byTrigger: ReadonlyMap<string, readonly Campaign[]>;
  readonly byException: ReadonlyMap<string, readonly Campaign[]>;
  /** The keys of all of them: what happens with other campaigns triggers nothing (CC-02, CC-08). */
  readonly activeKeys: ReadonlySet<string>;
}

export interface Cancelled {
  readonly pairing: OpenPairing;
  readonly campaign: Campaign;
  readonly by: StreamEvent;
}

/** A waiting pairing of which it could not be told whether the event cancels it. */
export interface Parked {
  readonly pairing: OpenPairing;
  readonly failure: StorableText;
}

export interface Entered {
  readonly userId: number;
  readonly pairing: OpenPairing;
  readonly campaign: Campaign;
  readonly dueAt: number;
  /** Why its trigger, audience or exceptions could not be evaluated: it is parked, and neighbours are unharmed. */
  readonly failure: StorableText | null;
}

export interface Rejected {
  readonly campaign: Campaign;
  readonly trigger: StreamEvent;
  readonly reason: Reason;
  readonly evidence: Evidence;
}

export interface StepResult {
  readonly person: PersonState;
  readonly cancelled: readonly Cancelled[];
  readonly parked: readonly Parked[];
  readonly entered: readonly Entered[];
  readonly rejected: readonly Rejected[];
}

export interface StepInput {
  readonly person: PersonState;
  readonly event: StreamEvent;
  readonly listeners: Listeners;
  readonly workspace: Workspace;
  readonly now: number;
}

export function step(input: StepInput): StepResult {
  const { person, event, listeners } = input;
  const { cancelled, parked } = exceptionsOf(person.open, event, listeners);
  const entered: Entered[] = [];
  const rejected: Rejected[] = [];
  const late: Cancelled[] = [];
  let waiting = countedBy(person.waiting, cancelled, -1);
  for (const campaign of campaignsFor(listeners.byTrigger, event)) {
    const met = meet(campaign, waiting, input);
    switch (met.kind) {
      case 'none':
        break;
      case 'rejected':
        rejected.push(met.rejected);
        break;
      case 'entered':
        entered.push(met.entered);
        if (met.exception !== null) late.push({ pairing: met.entered.pairing, campaign, by: met.exception });
        else if (met.entered.failure === null) waiting = countedBy(waiting, [met.entered], 1);
        break;
    }
  }

  const closed = new Set([...cancelled, ...parked, ...late].map(({ pairing }) => pairing));
  const begun = entered.filter(({ failure }) => failure === null).map(({ pairing }) => pairing);
  return {
    person: {
      ...person,
      facts: addToFacts(person.facts, event),
      waiting: countedBy(waiting, parked, -1),
      // As it was where nothing changes: there may be thousands, and an event for each that ends.
      open:
        closed.size + begun.length === 0
          ? person.open
          : [...person.open, ...begun].filter((pairing) => !closed.has(pairing)),
      stored: [...person.stored, event],
    },
    cancelled: [...cancelled, ...late],
    parked,
    entered,
    rejected,
  };
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

type Met =
  | { readonly kind: 'none' }
  | { readonly kind: 'rejected'; readonly rejected: Rejected }
  /** `exception`: recorded before this late trigger, which is so cancelled at once (AB-38). */
  | { readonly kind: 'entered'; readonly entered: Entered; readonly exception: StreamEvent | null };

/** One campaign that listens to the event, as a trigger. */
function meet(
  campaign: Campaign,
  waiting: PersonState['waiting'],
  { person, event, listeners, workspace, now }: StepInput,
): Met {
  const trigger = heardBy(campaign.trigger, event);
  if (trigger === null) return { kind: 'none' };
  const pairing: OpenPairing = { id: null, campaignId: campaign.id, trigger, chainDepth: event.chainDepth ?? 0 };
  const enters = { userId: event.userId, pairing, campaign };
  const judged = attempt((): Met => {
    if (!matches(campaign.trigger, event)) return { kind: 'none' };
    if (isOfCampaign(event.kind) && !listeners.activeKeys.has(event.name)) {
      const evidence = { campaign: event.name };
      return { kind: 'rejected', rejected: { campaign, trigger: event, reason: 'original_not_active', evidence } };
    }
    const receipt = person.receipts.get(campaign.id) ?? null;
    const verdict = decideEntry({
      campaign,
      trigger,
      person: { facts: person.facts, workspace },
      receipt,
      waiting,
      now,
    });
    if (verdict.kind === 'reject') {
      const { reason, evidence } = verdict;
      return { kind: 'rejected', rejected: { campaign, trigger: event, reason, evidence } };
    }
    const exception = firstExceptionAfter(campaign, event, person.stored);
    return { kind: 'entered', entered: { ...enters, dueAt: verdict.dueAt, failure: null }, exception };
  });
  if (judged.ok) return judged.value;
  // AB-16: nothing would have come of it.
  if (now - event.time > workspace.maxTriggerAgeMs) return { kind: 'none' };
  const dueAt = dueInstant(campaign.delay, event.time, workspace.timeZone);
  return { kind: 'entered', entered: { ...enters, dueAt, failure: judged.failure }, exception: null };
}

/** AB-31, AB-31a, AB-39: cancels the pairings whose trigger lies before it and whose values it agrees with. */
export function exceptionsOf(
  open: readonly OpenPairing[],
  event: StreamEvent,
  listeners: Listeners,
): { readonly cancelled: readonly Cancelled[]; readonly parked: readonly Parked[] } {
  const cancelled: Cancelled[] = [];
  const parked: Parked[] = [];
  for (const campaign of campaignsFor(listeners.byException, event)) {
    for (const pairing of open) {
      if (pairing.campaignId !== campaign.id) continue;
      const cancels = attempt(() => isException(campaign.exceptions, event, pairing.trigger));
      if (!cancels.ok) parked.push({ pairing, failure: cancels.failure });
      else if (cancels.value) cancelled.push({ pairing, campaign, by: event });
    }
  }
  return { cancelled, parked };
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
    if (!isException(campaign.exceptions, event, trigger) || isOvertaken(event, campaign, { trigger, stored }))
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
  { exceptions, trigger: matcher }: Campaign,
  { trigger, stored }: { readonly trigger: TriggerSnapshot; readonly stored: readonly StreamEvent[] },
): boolean {
  if (event.seq > trigger.seq || !isOfSameSecond(event, trigger) || !matches(matcher, event)) return false;
  const { userId, receivedAt } = event;
  return stored.some(
    (between) =>
      between.isWholeSecond === true &&
      between.seq < trigger.seq &&
      isOfSameSecond(between, event) &&
      matches(matcher, between) &&
      isException(exceptions, between, event) &&
      isException(exceptions, { ...trigger, userId, receivedAt }, between),
  );
}

/** What is stored with a pairing that an exception cancelled. */
export function exceptionEvidence(by: StreamEvent): Evidence {
  const evidence = { event: by.kind, name: by.name, at: isoInstant(by.time), seq: by.seq };
  return by.isWholeSecond === true ? { ...evidence, withinSecond: true } : evidence;
}

export function campaignsFor(index: ReadonlyMap<string, readonly Campaign[]>, event: StreamEvent): readonly Campaign[] {
  const found: Campaign[] = [];
  for (const key of listenerKeysOf(event)) {
    for (const campaign of index.get(key) ?? []) if (!found.includes(campaign)) found.push(campaign);
  }
  return found;
}

export function indexListeners(campaigns: readonly Campaign[]): Listeners {
  const byTrigger = new Map<string, Campaign[]>();
  const byException = new Map<string, Campaign[]>();
  for (const campaign of campaigns) {
    add(byTrigger, listenerKey(campaign.trigger), campaign);
    for (const key of new Set(campaign.exceptions.map(listenerKey))) add(byException, key, campaign);
  }
  return { byTrigger, byException, activeKeys: new Set(campaigns.map(({ key }) => key)) };
}

function add(index: Map<string, Campaign[]>, key: string, campaign: Campaign): void {
  const listed = index.get(key);
  if (listed === undefined) index.set(key, [campaign]);
  else listed.push(campaign);
}
