/** One meeting of a person with a campaign, told: what became of it, or what it waits for and what would stop it. */
import { channelsOf } from '../../domain/campaign/channelsOf.js';
import { describeMatcher } from '../../domain/campaign/describe.js';
import { decide, type Verdict } from '../../domain/decision/decide.js';
import { EvaluationError, evaluating } from '../../domain/decision/evaluation.js';
import type { Evidence } from '../../domain/decision/gates.js';
import type { Reason } from '../../domain/decision/reasons.js';
import { heardBy } from '../../domain/event/matcher.js';
import { explainReason, showInstant } from '../../domain/explain/sentences.js';
import { loadSendFacts } from '../../segments/loadSendFacts.js';
import type { ExplainedPairing, ExplainedRejection } from '../../storage/queries/selectExplanation.js';
import type { Chapter, ExplainContext } from './explanation.js';

type Told = Pick<Chapter, 'status' | 'reason' | 'sentence' | 'evidence'>;

export async function tellPairing(context: ExplainContext, pairing: ExplainedPairing): Promise<Chapter> {
  return {
    kind: 'pairing',
    trigger: shownTrigger(pairing.trigger),
    dueAt: iso(pairing.dueAt),
    occurrenceKey: pairing.occurrenceKey,
    messages: pairing.messages.map(({ receivedAt, ...message }) => ({
      ...message,
      receivedAt: receivedAt === null ? null : iso(receivedAt),
    })),
    ...(await tellState(context, pairing)),
  };
}

async function tellState(context: ExplainContext, pairing: ExplainedPairing): Promise<Told> {
  const { externalId: who, campaign } = context;
  const { evidence } = pairing;
  // A stop counts at once, before its sweep has written it.
  const isStopped = pairing.generation !== campaign.generation;
  switch (pairing.state) {
    case 'parked':
      if (isStopped) return tellStopped(context, pairing);
      return {
        status: 'parked',
        reason: null,
        sentence: `The message for ${who} is parked: its rules or template could not be evaluated. Mend them, then retry or discard it.`,
        evidence,
      };
    case 'sending':
      return {
        status: 'being_sent',
        reason: null,
        sentence: `The message for ${who} is being sent at this moment.`,
        evidence,
      };
    case 'available':
      return { status: 'will_receive', reason: null, sentence: `The message waits for ${who} to open it.`, evidence };
    case 'waiting':
      return isStopped ? tellStopped(context, pairing) : await tellWaiting(context, pairing);
    case 'done':
      return tellDone(context, pairing);
  }
}

function tellStopped(context: ExplainContext, pairing: ExplainedPairing): Told {
  const reason = context.campaign.state === 'archived' ? 'campaign_archived' : 'campaign_stopped';
  return {
    status: 'did_not_receive',
    reason,
    sentence: because(context, pairing, { reason, evidence: {} }),
    evidence: {},
  };
}

function tellDone(context: ExplainContext, pairing: ExplainedPairing): Told {
  const { campaign, externalId: who, workspace } = context;
  const { evidence } = pairing;
  const reason = pairing.reason ?? 'no_answer';
  if (pairing.outcome === 'sent') {
    const sent = pairing.messages.filter(({ state }) => state === 'sent');
    const channels = sent.map(({ channel }) => channel).join(' and ');
    const at = showInstant(Math.min(...sent.map(({ receivedAt }) => receivedAt ?? pairing.dueAt)), workspace.timeZone);
    return {
      status: 'received',
      reason,
      sentence: `${who} received “${campaign.name}” by ${channels} at ${at}.`,
      evidence,
    };
  }
  const status = pairing.outcome === 'unknown' ? 'in_doubt' : 'did_not_receive';
  return { status, reason, sentence: because(context, pairing, { reason, evidence }), evidence };
}

/** What will be checked, and what would end it if it fell due now with everything as it is. */
async function tellWaiting(context: ExplainContext, pairing: ExplainedPairing): Promise<Told> {
  const { campaign, externalId: who, workspace, now } = context;
  const zone = workspace.timeZone;
  const verdict = await judgeWaiting(context, pairing);
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
      const unless = campaign.exceptions.map(describeMatcher).join(' or ');
      const conditions = [
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

async function judgeWaiting(
  { campaign, workspace, pool, userId, profile, now }: ExplainContext,
  pairing: ExplainedPairing,
): Promise<Verdict | { readonly kind: 'broken'; readonly error: string }> {
  const variant = campaign.variants[0];
  const at = Math.max(now, pairing.wakeAt);
  try {
    const loaded = await loadSendFacts(pool, {
      pairingId: pairing.id,
      userId,
      campaign,
      channels: channelsOf(variant?.messages ?? {}),
      trigger: pairing.trigger,
      profile,
      now: at,
    });
    if (loaded === null) return { kind: 'end', outcome: 'cancelled', reason: 'user_deleted', evidence: {} };
    return evaluating(() => decide(loaded.facts, workspace, at));
  } catch (error) {
    return { kind: 'broken', error: brokenRules(error) };
  }
}

/** What rules that threw said, as a sentence; any other error is ours and is thrown on. */
export function brokenRules(error: unknown): string {
  if (!(error instanceof EvaluationError)) throw error;
  return error.message.endsWith('.') ? error.message : `${error.message}.`;
}

export function tellRejection(context: ExplainContext, rejection: ExplainedRejection): Chapter {
  const { trigger, reason, evidence } = rejection;
  const { externalId: who, workspace, campaign, userId } = context;
  // Of a change of the profile, the field that the campaign listens to; another one if it was edited since.
  const heard = heardBy(campaign.trigger, { ...trigger, userId, receivedAt: trigger.time }) ?? trigger;
  return {
    kind: 'rejection',
    status: 'did_not_receive',
    reason,
    sentence: explainReason(reason, { who, trigger: heard, evidence, when: 'entry', zone: workspace.timeZone }),
    trigger: shownTrigger(heard),
    dueAt: null,
    occurrenceKey: null,
    evidence,
    messages: [],
  };
}

function because(
  { externalId: who, workspace }: ExplainContext,
  { trigger }: ExplainedPairing,
  { reason, evidence }: { readonly reason: Reason; readonly evidence: Evidence },
  when: 'due' | 'ahead' = 'due',
): string {
  return explainReason(reason, { who, trigger, evidence, when, zone: workspace.timeZone });
}

function shownTrigger({ kind, name, time }: { readonly kind: string; readonly name: string; readonly time: number }) {
  return { kind, name, time: iso(time) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
