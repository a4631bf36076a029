/**
 * What to do with a pairing now: send it, hold it until an instant, or end it. The gates of EV-12 from "due" on,
 * run again at every attempt on fresh facts; nothing else decides whether a message goes out.
 */
import type { Campaign } from '../campaign/campaign.js';
import { type Unreachable, whyUnreachable } from '../channel/channelRules.js';
import { CHANNELS, type ChannelName } from '../channel/index.js';
import type { TriggerSnapshot } from '../event/matcher.js';
import { latestInstant, type StreamEvent } from '../event/streamEvent.js';
import type { UserFacts } from '../facts/userFacts.js';
import type { Profile } from '../profile/profile.js';
import type { Workspace } from '../workspace.js';
import { exceptionEvidence } from './effects.js';
import {
  audienceGate,
  durationGate,
  isoInstant,
  type Person,
  type Receipt,
  reEligibilityGate,
  type Stopped,
} from './gates/gates.js';
import { inHours } from './gates/hours.js';
import { PUNCTUALITY_MS } from './punctuality.js';
import type { Verdict } from './verdict.js';

/** After a lease of another pairing's send has ended undecided: look again after 15 s, doubling to 5 min. */
const FIRST_LOOK_MS = 15_000;
const LAST_LOOK_MS = 300_000;

export interface SendFacts {
  readonly campaign: Campaign;
  readonly pairing: {
    readonly generation: number;
    readonly dueAt: number;
    /** What lateness counts from: `dueAt`, or the end of the latest hold that the campaign's own hours asked for. */
    readonly plannedAt: number;
    /** The planned instant of this attempt: `dueAt`, or the end of the latest hold. */
    readonly wakeAt: number;
    readonly trigger: TriggerSnapshot;
  };
  /** Null when the person was deleted. */
  readonly person: UserFacts | null;
  readonly receipt: Receipt | null;
  /** The latest lease end of another pairing's claimed message of this campaign. */
  readonly claimedUntil: number | null;
  /** The first stored exception after the trigger, if any (AB-37, AB-38). */
  readonly exception: StreamEvent | null;
  /** Channels of the variant that have no outcome yet. */
  readonly pending: readonly ChannelName[];
}

export function decide(facts: SendFacts, workspace: Workspace, now: number): Verdict {
  const { campaign, pairing } = facts;
  if (pairing.generation !== campaign.generation || campaign.state !== 'active') {
    const reason = campaign.state === 'archived' ? 'campaign_archived' : 'campaign_stopped';
    return { kind: 'end', outcome: 'cancelled', reason, evidence: {} };
  }
  if (facts.person === null) return { kind: 'end', outcome: 'cancelled', reason: 'user_deleted', evidence: {} };
  if (facts.exception !== null) {
    return { kind: 'end', outcome: 'cancelled', reason: 'exception', evidence: exceptionEvidence(facts.exception) };
  }
  if (now < pairing.wakeAt) return { kind: 'hold', until: pairing.wakeAt, because: 'not_due', evidence: {} };

  const person: Person = { facts: facts.person, workspace };
  const at = now - pairing.wakeAt < PUNCTUALITY_MS ? pairing.wakeAt : now;
  return (
    dropped(staleGate(pairing, workspace, now)) ??
    dropped(durationGate(campaign, person, at)) ??
    reEligible(facts, now) ??
    inHours(campaign, person, at) ??
    dropped(campaign.recheckAudience ? audienceGate(campaign, person, now, 'left_audience') : null) ??
    reachable(facts.pending, facts.person.profile)
  );
}

function dropped(stopped: Stopped | null): Verdict | null {
  return stopped === null ? null : { kind: 'end', outcome: 'dropped', ...stopped };
}

/** AB-58: what hours held is not late before they end; what we held ourselves is. */
function staleGate(
  { dueAt, plannedAt }: Pick<SendFacts['pairing'], 'dueAt' | 'plannedAt'>,
  workspace: Workspace,
  now: number,
): Stopped | null {
  if (now - plannedAt <= workspace.maxLatenessMs) return null;
  return {
    reason: 'stale',
    evidence: {
      dueAt: isoInstant(dueAt),
      ...(plannedAt === dueAt ? {} : { heldUntil: isoInstant(plannedAt) }),
      at: isoInstant(now),
      maxLatenessHours: workspace.maxLatenessMs / 3_600_000,
    },
  };
}

/** AB-36; a message of another pairing that is being sent right now counts as received until it has failed. */
function reEligible({ campaign, pairing, receipt, claimedUntil }: SendFacts, now: number): Verdict | null {
  const stopped = reEligibilityGate(campaign, receipt, Math.max(now, latestDue(campaign, pairing)));
  if (stopped !== null) return dropped(stopped);
  if (claimedUntil === null || reEligibilityGate(campaign, { lastAt: now }, now) === null) return null;
  return { kind: 'hold', until: nextLook(claimedUntil, now), because: 'another_send', evidence: {} };
}

/** AB-18: what is due some time after some time within a second is due some time within one. */
function latestDue({ entry: { delay } }: Campaign, { dueAt, trigger }: SendFacts['pairing']): number {
  const isElapsedTime = delay.kind === 'none' || delay.kind === 'after';
  return isElapsedTime ? dueAt + latestInstant(trigger) - trigger.time : dueAt;
}

function nextLook(leaseEnd: number, now: number): number {
  let look = leaseEnd;
  for (let pause = FIRST_LOOK_MS; look <= now; pause = Math.min(pause * 2, LAST_LOOK_MS)) look += pause;
  return look;
}

/** SU-01, SU-03. */
function reachable(pending: readonly ChannelName[], profile: Profile): Verdict {
  const unreachable: Partial<Record<ChannelName, Unreachable>> = {};
  for (const channel of pending) {
    const why = whyUnreachable(CHANNELS[channel].reach, profile);
    if (why !== null) unreachable[channel] = why;
  }
  const channels = pending.filter((channel) => unreachable[channel] === undefined);
  if (channels.length > 0 || pending.length === 0) return { kind: 'send', channels, unreachable };
  return { kind: 'end', outcome: 'dropped', reason: 'unreachable', evidence: { channels: { ...unreachable } } };
}
