/** One meeting of a person with a campaign, told: what became of it, or what it waits for and what would stop it. */

import { exceptionsOf, listensTo } from '../../domain/campaign/entry.js';
import { variantOf } from '../../domain/campaign/variantOf.js';
import { describeMatcher } from '../../domain/campaign/words/describe.js';
import { channelsOf } from '../../domain/channel/index.js';
import { decide } from '../../domain/decision/decide.js';
import { EvaluationError, evaluating } from '../../domain/decision/evaluation.js';
import type { Evidence } from '../../domain/decision/gates/gates.js';
import { PUNCTUALITY_MS } from '../../domain/decision/punctuality.js';
import type { Reason } from '../../domain/decision/reasons.js';
import { HELD_FOR } from '../../domain/decision/sending/heldFor.js';
import { type Verdict } from '../../domain/decision/verdict.js';
import { firstHeard } from '../../domain/event/matcher.js';
import { showInstant, showSpan } from '../../domain/explain/instants.js';
import { tellRefusals } from '../../domain/explain/refusals.js';
import { explainReason } from '../../domain/explain/sentences.js';
import { loadSendFacts } from '../../facts/loadSendFacts.js';
import type { ExplainedPairing, ExplainedRejection } from '../../storage/queries/events/selectExplanation.js';
import type { ExplainContext, ExplainedEntry, ToldMessage } from './explanation.js';

type Explained = Pick<ExplainedEntry, 'status' | 'reason' | 'sentence' | 'evidence'>;

export async function explainPairing(context: ExplainContext, pairing: ExplainedPairing): Promise<ExplainedEntry> {
  return {
    kind: 'pairing',
    trigger: shownTrigger(pairing.trigger),
    dueAt: iso(pairing.dueAt),
    occurrenceKey: pairing.occurrenceKey,
    runUrl: context.links.workflowUrl({
      campaign: pairing.runCampaign,
      userId: pairing.runUserId,
      occurrenceKey: pairing.occurrenceKey,
    }),
    messages: pairing.messages.map(toldMessage),
    ...withRefusals(context, pairing, await explainState(context, pairing)),
  };
}

async function explainState(context: ExplainContext, pairing: ExplainedPairing): Promise<Explained> {
  const { who, campaign, zone } = context;
  const { evidence, parkedAt } = pairing;
  const since = parkedAt === null ? '' : ` since ${showInstant(parkedAt, zone)}`;
  // A stop counts at once, before its sweep has written it.
  const isStopped = pairing.generation !== campaign.generation;
  switch (pairing.state) {
    case 'parked':
      if (isStopped) return explainStopped(context, pairing);
      return {
        status: 'parked',
        reason: null,
        sentence: `The message for ${who} is parked${since}: ${asSentence(parkedError(evidence))} Mend the cause, then retry or discard it.`,
        evidence,
      };
    case 'sending':
      return {
        status: 'being_sent',
        reason: null,
        sentence: beingSent(context, pairing),
        evidence,
      };
    case 'available':
      return { status: 'will_receive', reason: null, sentence: `The message waits for ${who} to open it.`, evidence };
    case 'waiting':
      return isStopped ? explainStopped(context, pairing) : await explainWaiting(context, pairing);
    case 'done':
      return explainDone(context, pairing);
  }
}

/** Held: an earlier request had no answer, and its repetition is put off. */
function beingSent({ who, zone, now }: ExplainContext, { heldFor, wakeAt }: ExplainedPairing): string {
  const sentence = `The message for ${who} is being sent at this moment`;
  if (heldFor === null || wakeAt <= now) return `${sentence}.`;
  return `${sentence}; it is tried again at ${showInstant(wakeAt, zone)}, as ${HELD_FOR[heldFor]}.`;
}

function explainStopped(context: ExplainContext, pairing: ExplainedPairing): Explained {
  const reason = context.campaign.state === 'archived' ? 'campaign_archived' : 'campaign_stopped';
  return {
    status: 'did_not_receive',
    reason,
    sentence: because(context, pairing, { reason, evidence: {} }),
    evidence: {},
  };
}

function explainDone(context: ExplainContext, pairing: ExplainedPairing): Explained {
  const { campaign, who, zone } = context;
  const { evidence } = pairing;
  const reason = pairing.reason ?? 'no_answer';
  if (pairing.outcome === 'sent') {
    const sent = pairing.messages.filter(({ state }) => state === 'sent');
    const channels = sent.map(({ channel }) => channel).join(' and ');
    const receivedAt = Math.min(...sent.map((message) => message.receivedAt ?? pairing.dueAt));
    const late = receivedAt - pairing.wakeAt;
    const lateness =
      late < PUNCTUALITY_MS ? '' : `, ${showSpan(late)} after it was planned, at ${showInstant(pairing.wakeAt, zone)}`;
    return {
      status: 'received',
      reason,
      sentence: `${who} received “${campaign.name}” by ${channels} at ${showInstant(receivedAt, zone)}${lateness}.`,
      evidence,
    };
  }
  const status = pairing.outcome === 'unknown' ? 'in_doubt' : 'did_not_receive';
  return { status, reason, sentence: because(context, pairing, { reason, evidence }), evidence };
}

/** What will be checked, and what would end it if it fell due now with everything as it is. */
async function explainWaiting(context: ExplainContext, pairing: ExplainedPairing): Promise<Explained> {
  const { campaign, who, zone, now } = context;
  const verdict = await decideWaiting(context, pairing);
  switch (verdict.kind) {
    case 'end': {
      const { reason, evidence } = verdict;
      const sentence = `${who} waits until ${showInstant(pairing.wakeAt, zone)}, but as things stand will not get the message: ${because(context, pairing, verdict, 'ahead')}`;
      return { status: 'will_not_receive', reason, sentence, evidence };
    }
    case 'broken': {
      const sentence = `${who} waits until ${showInstant(pairing.wakeAt, zone)}, but the message will be parked then: its rules cannot be evaluated: ${verdict.error}`;
      return { status: 'parked', reason: null, sentence, evidence: { error: verdict.error } };
    }
    case 'hold':
    case 'send': {
      const until = verdict.kind === 'hold' ? verdict.until : pairing.wakeAt;
      const unless = exceptionsOf(campaign).map(describeMatcher).join(' or ');
      const { heldFor } = pairing;
      const conditions = [
        ...(heldFor === null || pairing.wakeAt <= now ? [] : [`put off till then as ${HELD_FOR[heldFor]}`]),
        ...(unless === '' ? [] : [`unless ${unless} comes before`]),
        ...(campaign.recheckAudience ? ['if still in the audience then'] : []),
      ];
      const when =
        until > now
          ? `will get “${campaign.name}” at ${showInstant(until, zone)}`
          : `is due to get “${campaign.name}” now, since ${showInstant(until, zone)}`;
      return {
        status: 'will_receive',
        reason: null,
        sentence: `${[`${who} ${when}`, ...conditions].join(', ')}.`,
        evidence: {},
      };
    }
  }
}

async function decideWaiting(
  { campaign, workspace, pool, userId, profile, now }: ExplainContext,
  pairing: ExplainedPairing,
): Promise<Verdict | { readonly kind: 'broken'; readonly error: string }> {
  const at = Math.max(now, pairing.wakeAt);
  try {
    const channels = channelsOf(variantOf({ campaign, userId }).messages);
    const attempt = { pairingId: pairing.id, userId, channels, trigger: pairing.trigger, profile, now: at };
    const loaded = (await loadSendFacts(pool, { campaign, attempts: [attempt] })).get(pairing.id);
    if (loaded === undefined) return { kind: 'end', outcome: 'cancelled', reason: 'user_deleted', evidence: {} };
    return evaluating(() => decide(loaded.facts, workspace, at));
  } catch (error) {
    return { kind: 'broken', error: brokenRules(error) };
  }
}

/** What rules that threw said, as a sentence; any other error is ours and is thrown on. */
export function brokenRules(error: unknown): string {
  if (!(error instanceof EvaluationError)) throw error;
  return asSentence(error.message);
}

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** What was kept when it was parked; rows from before errors were kept have none. */
function parkedError({ error }: Evidence): string {
  return typeof error === 'string' ? error : 'its rules or template could not be evaluated';
}

function toldMessage({ claimedAt: _, ...message }: ExplainedPairing['messages'][number]): ToldMessage {
  return {
    ...message,
    receivedAt: message.receivedAt === null ? null : iso(message.receivedAt),
    refused: message.refused.map(({ tried, refused, code, detail }) => ({
      triedAt: iso(tried),
      refusedAt: iso(refused),
      code,
      detail,
    })),
  };
}

/** Refusals explain why a message comes late, or not at all. */
function withRefusals({ zone }: ExplainContext, pairing: ExplainedPairing, told: Explained): Explained {
  const { state, wakeAt } = pairing;
  const sentences = pairing.messages.map(({ channel, refusals, refused, claimedAt }) => {
    const last = refused.at(-1);
    const hasGoneOut = last !== undefined && claimedAt !== null && claimedAt > last.tried;
    return tellRefusals(
      {
        channel,
        refusals: refused,
        count: refusals,
        triedAgainAt: hasGoneOut ? claimedAt : null,
        nextTryAt: state === 'waiting' && !hasGoneOut ? wakeAt : null,
      },
      zone,
    );
  });
  return { ...told, sentence: [told.sentence, ...sentences.filter((sentence) => sentence !== '')].join(' ') };
}

export function explainRejection(context: ExplainContext, rejection: ExplainedRejection): ExplainedEntry {
  const { trigger, reason, evidence } = rejection;
  const { who, zone, campaign, userId } = context;
  // Of a change of the profile, the field that the campaign listens to; another one if it was edited since.
  const event = { ...trigger, userId, receivedAt: trigger.time };
  const heard = firstHeard(listensTo(campaign), event) ?? trigger;
  return {
    kind: 'rejection',
    status: 'did_not_receive',
    reason,
    sentence: explainReason(reason, { who, trigger: heard, evidence, when: 'entry', zone }),
    trigger: shownTrigger(heard),
    dueAt: null,
    occurrenceKey: null,
    runUrl: null,
    evidence,
    messages: [],
  };
}

function because(
  { who, zone }: ExplainContext,
  { trigger }: ExplainedPairing,
  { reason, evidence }: { readonly reason: Reason; readonly evidence: Evidence },
  when: 'due' | 'ahead' = 'due',
): string {
  return explainReason(reason, { who, trigger, evidence, when, zone });
}

function shownTrigger({ kind, name, time }: { readonly kind: string; readonly name: string; readonly time: number }) {
  return { kind, name, time: iso(time) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
