/**
 * Whether a trigger that matched lets the person enter: the gates of EV-12 up to "enter delay", in that order.
 * The audience sees the person before the trigger's own counters (EV-04); the caller sees to that.
 */
import type { Campaign } from '../campaign/campaign.js';
import type { StreamEvent } from '../event/streamEvent.js';
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
} from './gates.js';

export interface Candidate {
  readonly campaign: Campaign;
  readonly trigger: StreamEvent;
  readonly person: Person;
  readonly receipt: Receipt | null;
  readonly now: number;
}

export type EntryVerdict = { readonly kind: 'enter'; readonly dueAt: number } | ({ readonly kind: 'reject' } & Stopped);

export function decideEntry({ campaign, trigger, person, receipt, now }: Candidate): EntryVerdict {
  const stopped =
    loopGate(trigger) ??
    ageGate(trigger, person, now) ??
    launchGate(campaign, trigger) ??
    durationGate(campaign, person, trigger.time) ??
    audienceGate(campaign, person, trigger.time, 'outside_audience') ??
    windowGate(campaign, person, trigger.time) ??
    reEligibilityGate(campaign, receipt, trigger.time);
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
function launchGate(campaign: Campaign, trigger: StreamEvent): Stopped | null {
  if (campaign.activeSince !== null && trigger.time >= campaign.activeSince) return null;
  return {
    reason: 'before_launch',
    evidence: {
      happenedAt: isoInstant(trigger.time),
      activeSince: campaign.activeSince === null ? null : isoInstant(campaign.activeSince),
    },
  };
}
