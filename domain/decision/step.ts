/**
 * One event of one person, folded into decisions: which waiting pairings it cancels, which campaigns it enters or
 * fails to enter, and what the person looks like afterwards. Order: exceptions, triggers with audience, counters.
 * Live recording, simulation and explain share it.
 */
import type { Campaign } from '../campaign/campaign.js';
import { type EventMatcher, listenerKey, listenerKeysOf, matches, type TriggerSnapshot } from '../event/matcher.js';
import { isAfter, type StreamEvent } from '../event/streamEvent.js';
import { addToTotals } from '../segment/addToTotals.js';
import type { UserFacts } from '../segment/facts.js';
import type { Workspace } from '../workspace.js';
import { type Candidate, decideEntry, type EntryVerdict } from './entry.js';
import { type Evidence, isoInstant, type Receipt } from './gates.js';
import type { Reason } from './reasons.js';

/** A pairing that has not begun to send. `id` is null until it has been written. */
export interface OpenPairing {
  readonly id: number | null;
  readonly campaignId: number;
  readonly trigger: TriggerSnapshot;
}

export interface PersonState {
  readonly facts: UserFacts;
  readonly open: readonly OpenPairing[];
  /** By campaign id. */
  readonly receipts: ReadonlyMap<number, Receipt>;
  /** Events already in the stream that may be exceptions of a trigger arriving late (AB-38). */
  readonly stored: readonly StreamEvent[];
}

/** Active campaigns by what they listen to; keys as made by `listenerKey`. */
export interface Listeners {
  readonly byTrigger: ReadonlyMap<string, readonly Campaign[]>;
  readonly byException: ReadonlyMap<string, readonly Campaign[]>;
}

export interface Cancelled {
  readonly pairing: OpenPairing;
  readonly campaign: Campaign;
  readonly by: StreamEvent;
}

export interface Entered {
  readonly userId: number;
  readonly pairing: OpenPairing;
  readonly campaign: Campaign;
  readonly dueAt: number;
  /** Why the rules could not be evaluated: the pairing is parked, and neighbours are unharmed. */
  readonly failure: string | null;
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

export function step({ person, event, listeners, workspace, now }: StepInput): StepResult {
  const cancelled = exceptionsOf(person.open, event, listeners);
  const stillOpen = person.open.filter((pairing) => !cancelled.some((each) => each.pairing === pairing));

  const entered: Entered[] = [];
  const rejected: Rejected[] = [];
  const late: Cancelled[] = [];
  for (const campaign of campaignsFor(listeners.byTrigger, event)) {
    if (!matches(campaign.trigger, event)) continue;
    const receipt = person.receipts.get(campaign.id) ?? null;
    const candidate = { campaign, trigger: event, person: { facts: person.facts, workspace }, receipt, now };
    const pairing: OpenPairing = { id: null, campaignId: campaign.id, trigger: event };
    const verdict = evaluate(candidate);
    if (verdict.kind === 'reject') {
      rejected.push({ campaign, trigger: event, reason: verdict.reason, evidence: verdict.evidence });
      continue;
    }
    const failure = verdict.kind === 'fail' ? verdict.failure : null;
    const dueAt = verdict.kind === 'fail' ? event.time : verdict.dueAt;
    entered.push({ userId: event.userId, pairing, campaign, dueAt, failure });
    if (failure !== null) continue;
    const exception = firstExceptionAfter(campaign, event, person.stored);
    if (exception !== null) late.push({ pairing, campaign, by: exception });
  }

  const open = [...stillOpen];
  for (const { pairing, failure } of entered) {
    if (failure === null && !late.some((each) => each.pairing === pairing)) open.push(pairing);
  }
  return {
    person: {
      ...person,
      facts: { ...person.facts, totals: addToTotals(person.facts.totals, event) },
      open,
      stored: [...person.stored, event],
    },
    cancelled: [...cancelled, ...late],
    entered,
    rejected,
  };
}

function evaluate(candidate: Candidate): EntryVerdict | { readonly kind: 'fail'; readonly failure: string } {
  try {
    return decideEntry(candidate);
  } catch (error) {
    return { kind: 'fail', failure: error instanceof Error ? error.message : String(error) };
  }
}

/** AB-31, AB-31a, AB-39: cancels the pairings whose trigger lies before it and whose values it agrees with. */
function exceptionsOf(open: readonly OpenPairing[], event: StreamEvent, listeners: Listeners): Cancelled[] {
  const cancelled: Cancelled[] = [];
  for (const campaign of campaignsFor(listeners.byException, event)) {
    for (const pairing of open) {
      if (pairing.campaignId === campaign.id && isException(campaign.exceptions, event, pairing.trigger)) {
        cancelled.push({ pairing, campaign, by: event });
      }
    }
  }
  return cancelled;
}

export function isException(
  exceptions: readonly EventMatcher[],
  event: StreamEvent,
  trigger: TriggerSnapshot,
): boolean {
  return isAfter(event, trigger) && exceptions.some((exception) => matches(exception, event, trigger));
}

/** AB-38: the earliest stored event, by (time, sequence), that is an exception of this trigger. */
export function firstExceptionAfter(
  campaign: Campaign,
  trigger: TriggerSnapshot,
  stored: readonly StreamEvent[],
): StreamEvent | null {
  let first: StreamEvent | null = null;
  for (const event of stored) {
    if (!isException(campaign.exceptions, event, trigger)) continue;
    if (first === null || isAfter(first, event)) first = event;
  }
  return first;
}

/** What is stored with a pairing that an exception cancelled. */
export function exceptionEvidence(by: StreamEvent): Evidence {
  return { event: by.kind, name: by.name, at: isoInstant(by.time), seq: by.seq };
}

export function campaignsFor(
  index: ReadonlyMap<string, readonly Campaign[]>,
  event: Pick<StreamEvent, 'kind' | 'name'>,
): readonly Campaign[] {
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
  return { byTrigger, byException };
}

function add(index: Map<string, Campaign[]>, key: string, campaign: Campaign): void {
  const listed = index.get(key);
  if (listed === undefined) index.set(key, [campaign]);
  else listed.push(campaign);
}
