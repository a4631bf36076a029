/**
 * Whether a trigger that matched lets the person enter: the gates of EV-12 up to "enter delay", in that order.
 * The audience sees the person before the trigger's own counters (EV-04); the caller sees to that.
 */
import type { Campaign } from '../campaign/campaign.js';
import { latestInstant, type StreamEvent } from '../event/streamEvent.js';
import { dueOf } from './due.js';
import {
  audienceGate,
  durationGate,
  isoInstant,
  type Person,
  type Receipt,
  reEligibilityGate,
  type Stopped,
  windowGate,
} from './gates/gates.js';

export interface Candidate {
  readonly campaign: Campaign;
  readonly trigger: StreamEvent;
  readonly person: Person;
  readonly receipt: Receipt | null;
  /** How many messages the person waits for already, by campaign id. */
  readonly waiting: ReadonlyMap<number, number>;
  readonly now: number;
}

export type EntryVerdict = { readonly kind: 'enter'; readonly dueAt: number } | ({ readonly kind: 'reject' } & Stopped);

export function decideEntry({ campaign, trigger, person, receipt, waiting, now }: Candidate): EntryVerdict {
  const stopped =
    loopGate(trigger) ??
    ageGate(trigger, person, now) ??
    launchGate(campaign, trigger, now) ??
    startGate(campaign, trigger, person) ??
    audienceGate(campaign, person, trigger.time, 'outside_audience') ??
    windowGate(campaign, person, trigger.time) ??
    reEligibilityGate(campaign, receipt, latestInstant(trigger)) ??
    waitingGate(campaign, waiting);
  if (stopped !== null) return { kind: 'reject', ...stopped };
  const { timeZone } = person.facts.profile;
  const { dueAt, isPast } = dueOf({ campaign, triggerTime: trigger.time, timeZone, workspace: person.workspace });
  if (isPast) {
    return { kind: 'reject', reason: 'past_due', evidence: { at: isoInstant(trigger.time), dueAt: isoInstant(dueAt) } };
  }
  return { kind: 'enter', dueAt };
}

/** Campaigns that set each other off in a circle would never end. */
const MAX_CHAIN_DEPTH = 10;

function loopGate({ chainDepth = 0 }: StreamEvent): Stopped | null {
  return chainDepth > MAX_CHAIN_DEPTH ? { reason: 'loop', evidence: { chainDepth } } : null;
}

/** AB-19: all that one person waits for is read when an event may cancel it. */
const MOST_WAITING_OF_CAMPAIGN = 1_000;
const MOST_WAITING = 5_000;

function waitingGate({ id }: Campaign, waiting: Candidate['waiting']): Stopped | null {
  const ofCampaign = waiting.get(id) ?? 0;
  if (ofCampaign >= MOST_WAITING_OF_CAMPAIGN)
    return {
      reason: 'too_many_waiting',
      evidence: { waiting: ofCampaign, most: MOST_WAITING_OF_CAMPAIGN, of: 'campaign' },
    };
  let all = 0;
  for (const count of waiting.values()) all += count;
  if (all < MOST_WAITING) return null;
  return { reason: 'too_many_waiting', evidence: { waiting: all, most: MOST_WAITING, of: 'person' } };
}

/** AB-16: importing history never sends. */
function ageGate(trigger: StreamEvent, person: Person, now: number): Stopped | null {
  if (now - trigger.time <= person.workspace.maxTriggerAgeMs) return null;
  return {
    reason: 'too_old',
    evidence: {
      happenedAt: isoInstant(trigger.time),
      recordedAt: isoInstant(now),
      maxAgeHours: person.workspace.maxTriggerAgeMs / 3_600_000,
    },
  };
}

/** AB-10: the same holds for what happened while the campaign was stopped. */
function launchGate(campaign: Campaign, trigger: StreamEvent, now: number): Stopped | null {
  if (!isBeforeLaunch(campaign, trigger)) return null;
  return {
    reason: 'before_launch',
    evidence: {
      happenedAt: isoInstant(trigger.time),
      ...(trigger.isWholeSecond === true ? { withinSecond: true } : {}),
      activeSince: campaign.activeSince === null ? null : isoInstant(campaign.activeSince),
      recordedAt: isoInstant(now),
    },
  };
}

/** AB-18: a time without a fraction lies before the launch only if the whole of its second does. */
export function isBeforeLaunch({ activeSince }: Campaign, happened: TimeOfEvent): boolean {
  return activeSince === null || latestInstant(happened) < activeSince;
}

type TimeOfEvent = Pick<StreamEvent, 'time' | 'isWholeSecond'>;

/** AB-41, for the start too some time within the second is meant. */
function startGate(campaign: Campaign, trigger: StreamEvent, person: Person): Stopped | null {
  const stopped = durationGate(campaign, person, trigger.time);
  return stopped?.reason === 'before_start' ? durationGate(campaign, person, latestInstant(trigger)) : stopped;
}
