/**
 * Why somebody did not get a campaign, as an operator would say it: one sentence per reason, with the values the gate
 * saw. The only place where reasons become words; docs and answers take them from here.
 */

import type { Evidence } from '../decision/gates/gates.js';
import type { Reason } from '../decision/reasons.js';
import { describeDid, EVENT_KINDS, type EventKind } from '../event/kinds.js';
import { startOfSecond } from '../event/streamEvent.js';
import type { Json } from '../json.js';
import { isJsonObject } from '../profile/attributes/attributeChange.js';
import { isKnownZone } from '../timing/zone.js';
import { areClose, showHappened, showInstant, showSpan } from './instants.js';

export interface ExplainedReason {
  /** How the person is named to the operator: the external id. */
  readonly who: string;
  readonly trigger: {
    readonly kind: EventKind;
    readonly name: string;
    readonly time: number;
    readonly isWholeSecond?: boolean;
  };
  readonly evidence: Evidence;
  /** Whether it happened at the trigger, when the message fell due, or would happen when it falls due. */
  readonly when: 'entry' | 'due' | 'ahead';
  /** Zone that instants are shown in, unless the gate judged in another: then in that one. */
  readonly zone: string;
}

export function explainReason(reason: Reason, told: ExplainedReason): string {
  const { who, evidence, when } = told;
  const zone = typeof evidence.zone === 'string' && isKnownZone(evidence.zone) ? evidence.zone : told.zone;
  const at = (name: string) => showInstant(evidence[name], zone);
  const did = `${who} ${describeDid(told.trigger)} at ${showInstant(told.trigger.time, zone)}`;
  const fellDue = `The message ${when === 'ahead' ? 'falls' : 'fell'} due at ${at('at')}`;
  switch (reason) {
    case 'too_old':
      return `${did}, but it was recorded only at ${at('recordedAt')}: events more than ${show(evidence.maxAgeHours)} hours old send nothing.`;
    case 'before_launch':
      return describeBeforeLaunch(told, zone);
    case 'original_not_active':
      return `${did}, but campaign ${show(evidence.campaign)} was not active then, and only active campaigns lead to others.`;
    case 'before_start':
      return `${did}, before the campaign's start at ${at('startsAt')}.`;
    case 'after_end':
      if (evidence.heldFor === 'quietHours') {
        return `The quiet hours would end at ${at('at')}, after the campaign's end at ${at('endsAt')}.`;
      }
      if (evidence.heldFor === 'window') {
        return `The time window would open next at ${at('at')}, after the campaign's end at ${at('endsAt')}.`;
      }
      return when === 'entry'
        ? `${did}, after the campaign's end at ${at('endsAt')}.`
        : `${fellDue}, after the campaign's end at ${at('endsAt')}.`;
    case 'outside_audience':
      return `${did}, but was not in the audience: ${showSeen(evidence.seen)}.`;
    case 'left_audience':
      if (when === 'ahead') return `${who} is no longer in the audience: ${showSeen(evidence.seen)}.`;
      return `When the message fell due at ${at('at')}, ${who} was no longer in the audience: ${showSeen(evidence.seen)}.`;
    case 'outside_window': {
      const window = `outside the time window ${show(evidence.from)}–${show(evidence.to)}`;
      return when === 'entry' ? `${did}, ${window}.` : `${fellDue}, ${window}.`;
    }
    case 'already_received':
      return `${who} had already received the campaign at ${at('receivedAt')}, and it is sent to a person once only.`;
    case 'not_yet_re_eligible':
      return `${who} received the campaign at ${at('receivedAt')}${planned(evidence, at)} and is eligible again only from ${at('eligibleAt')} on.`;
    case 'past_due':
      return `${did}, when the time of day it is sent at, ${at('dueAt')}, had already passed.`;
    case 'loop':
      return `${did}, at the end of a chain of campaigns that is too long to be meant: it was cut.`;
    case 'too_many_waiting':
      return `${did}, but waits for ${show(evidence.waiting)} messages${evidence.of === 'campaign' ? ' of it' : ''} already, and ${show(evidence.most)} are allowed.`;
    case 'exception':
      return `${who} ${showEvent(evidence)} ${showAfterTrigger(told, zone)} and before the message was sent: that cancels it.`;
    case 'campaign_stopped':
      return `The campaign was stopped while ${who} was waiting.`;
    case 'campaign_archived':
      return `The campaign was archived while ${who} was waiting.`;
    case 'cancelled_by_operator':
      return `An operator cancelled the message while ${who} was waiting.`;
    case 'user_deleted':
      return `${who} was deleted before the message was sent.`;
    case 'stale': {
      const held = evidence.heldUntil === undefined ? '' : `, was held until ${at('heldUntil')},`;
      return `The message was due at ${at('dueAt')}${held} and could not be sent within ${show(evidence.maxLatenessHours)} hours of it.`;
    }
    case 'quiet_hours': {
      if (evidence.neverFree === true) {
        return `${fellDue}, and the time window and quiet hours leave ${who} no time at which it could be sent.`;
      }
      const quiet = `${show(evidence.from)}–${show(evidence.to)} (${show(evidence.zone)})`;
      return `${fellDue}, in the quiet hours ${quiet}.`;
    }
    case 'unreachable':
      return `${who} ${when === 'ahead' ? 'cannot' : 'could not'} be reached: ${showChannels(evidence.channels)}.`;
    case 'aborted':
      return `The message's template called abort_message: ${showAll(evidence)}.`;
    case 'sent':
      return `${who} received the campaign at ${at('receivedAt')}.`;
    case 'rejected_by_provider':
      return `The provider refused the message for good (${show(evidence.code)})${FOR_GOOD[show(evidence.code)] ?? ''}.`;
    case 'retries_exhausted':
      return `The provider kept refusing the message until the attempts were used up.`;
    case 'invalid_message':
      return `What the template rendered cannot be sent: ${showAll(evidence)}.`;
    case 'no_answer':
      return `The provider never said whether it took the message, so it may or may not have arrived.`;
    default:
      return reason satisfies never;
  }
}

function planned(evidence: Evidence, at: (name: string) => string): string {
  return evidence.countsFrom === undefined ? '' : `, planned for ${at('countsFrom')},`;
}

/** Further behind, a clock is not what makes an event early. */
const CLOCK_BEHIND_MS = 600_000;

/** Where it arrived after the launch, its own time is what keeps it out: by how much, and what may be wrong with it. */
function describeBeforeLaunch({ who, trigger, evidence }: ExplainedReason, zone: string): string {
  const activeSince = epochMs(evidence.activeSince);
  const isClose = areClose(activeSince, trigger.time);
  const at = (value: Json | undefined) => showInstant(value, zone, isClose ? 'exact' : 'seconds');
  const did = `${who} ${describeDid(trigger)} at ${isClose ? showHappened(trigger, zone) : at(trigger.time)}`;
  const launch = `before the campaign was active (since ${at(evidence.activeSince)})`;
  // It is not known, and so not after it, in what an earlier release recorded.
  if (!(epochMs(evidence.recordedAt) >= activeSince)) return `${did}, ${launch}.`;
  const early = activeSince - trigger.time;
  const by = isClose ? `${early / 1_000} seconds` : showSpan(early);
  const advice =
    early < CLOCK_BEHIND_MS
      ? 'If the clock of its sender is behind, set it (NTP) and send the event again with the right time.'
      : 'What happened before the launch sends nothing, however late it arrives.';
  return `${did}, ${by} ${launch}, though it arrived after that, at ${at(evidence.recordedAt)}. ${advice}`;
}

/** AB-18: within one second, without a fraction, arrival decides which came first. */
function showAfterTrigger({ trigger, evidence }: ExplainedReason, zone: string): string {
  const time = epochMs(evidence.at);
  const isWholeSecond = evidence.withinSecond === true;
  const isOrderedByArrival =
    (isWholeSecond || trigger.isWholeSecond === true) && startOfSecond(time) === startOfSecond(trigger.time);
  if (!isOrderedByArrival) return `at ${showInstant(evidence.at, zone)}, after the trigger`;
  return `at ${showHappened({ time, isWholeSecond }, zone)}, which arrived after the trigger of the same second,`;
}

function epochMs(value: Json | undefined): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

function show(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a code alone does not tell. */
const FOR_GOOD: Readonly<Record<string, string>> = {
  smtputf8_unsupported:
    ': the address has letters beyond ASCII before the @, and the mail server does not take such addresses (SMTPUTF8)',
  address_not_allowed:
    ": the web address is not on the public internet, and is not among the installation's WEBHOOK_ALLOW_HOSTS",
};

/** The filters looked at and what each saw: "“country equals FR” (the value was DE)". */
function showSeen(seen: Json | undefined): string {
  if (!Array.isArray(seen) || seen.length === 0) return 'no filter of it matched';
  return seen
    .map((each: Json) => {
      const { filter, value } = isJsonObject(each) ? each : {};
      return `“${show(filter)}” (${value === undefined || value === null ? 'no value' : `the value was ${show(value)}`})`;
    })
    .join(' and ');
}

function showEvent(evidence: Evidence): string {
  const kind = EVENT_KINDS.find((known) => known === evidence.event) ?? 'custom';
  return describeDid({ kind, name: show(evidence.name) });
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  no_address: 'there is no address for it',
  unsubscribed: 'the person has unsubscribed',
};

function showChannels(channels: Json | undefined): string {
  if (channels === undefined || !isJsonObject(channels)) return 'no channel was possible';
  return Object.entries(channels)
    .map(([channel, why]) => `${channel}: ${UNREACHABLE[show(why)] ?? show(why)}`)
    .join('; ');
}

function showAll(evidence: Evidence): string {
  return Object.entries(evidence)
    .map(([name, value]) => `${name}: ${show(value)}`)
    .join('; ');
}
