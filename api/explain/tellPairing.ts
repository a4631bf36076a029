/** One meeting of a person with a campaign, told: what became of it, or what it waits for and what would stop it. */
import { channelsOf } from '../../domain/campaign/channelsOf.js';
import { describeMatcher } from '../../domain/campaign/describe.js';
import { decide } from '../../domain/decision/decide.js';
import type { Evidence } from '../../domain/decision/gates.js';
import type { Reason } from '../../domain/decision/reasons.js';
import { explainReason, showInstant } from '../../domain/explain/sentences.js';
import { loadSendFacts } from '../../segments/loadSendFacts.js';
import type { ExplainedPairing, ExplainedRejection } from '../../storage/queries/selectExplanation.js';
import type { Chapter, ExplainContext } from './explanation.js';

export async function tellPairing(context: ExplainContext, pairing: ExplainedPairing): Promise<Chapter> {
  const { campaign, externalId: who, workspace } = context;
  const zone = workspace.timeZone;
  const base = {
    kind: 'pairing' as const,
    trigger: shownTrigger(pairing.trigger),
    dueAt: new Date(pairing.dueAt).toISOString(),
    occurrenceKey: pairing.occurrenceKey,
    messages: pairing.messages,
    evidence: pairing.evidence,
  };
  const because = (reason: Reason, evidence: Evidence) =>
    explainReason(reason, { who, trigger: pairing.trigger, evidence, when: 'due', zone });
  switch (pairing.state) {
    case 'parked': {
      const sentence = `The message for ${who} is parked: its rules or template could not be evaluated. Mend them, then retry or discard it.`;
      return { ...base, status: 'parked', reason: null, sentence };
    }
    case 'sending':
      return {
        ...base,
        status: 'being_sent',
        reason: null,
        sentence: `The message for ${who} is being sent at this moment.`,
      };
    case 'available':
      return { ...base, status: 'will_receive', reason: null, sentence: `The message waits for ${who} to open it.` };
    case 'waiting':
      return { ...base, ...(await tellWaiting(context, pairing)) };
    case 'done':
      break;
  }
  const reason = pairing.reason ?? 'no_answer';
  if (pairing.outcome === 'sent') {
    const channels = pairing.messages.filter(({ state }) => state === 'sent').map(({ channel }) => channel);
    const receivedAt = Math.max(...pairing.messages.map((message) => message.receivedAt ?? 0));
    const sentence = `${who} received “${campaign.name}” by ${channels.join(' and ')} at ${showInstant(receivedAt, zone)}.`;
    return { ...base, status: 'received', reason, sentence };
  }
  const status = pairing.outcome === 'unknown' ? 'in_doubt' : 'did_not_receive';
  return { ...base, status, reason, sentence: because(reason, pairing.evidence) };
}

/** What will be checked, and what would end it if it fell due now with everything as it is. */
async function tellWaiting(
  { campaign, externalId: who, workspace, pool, userId, profile, now }: ExplainContext,
  pairing: ExplainedPairing,
): Promise<Pick<Chapter, 'status' | 'reason' | 'sentence' | 'evidence'>> {
  const zone = workspace.timeZone;
  const loaded = await loadSendFacts(pool, {
    pairingId: pairing.id,
    userId,
    campaign,
    channels: channelsOf(campaign.variants[0]?.messages ?? {}),
    trigger: pairing.trigger,
    profile,
  });
  const verdict = loaded === null ? null : decide(loaded.facts, workspace, Math.max(now, pairing.wakeAt));
  if (verdict?.kind === 'end') {
    const told = { who, trigger: pairing.trigger, evidence: verdict.evidence, when: 'due' as const, zone };
    // A stop counts at once, before its sweep has written it.
    const isSettled = verdict.reason === 'campaign_stopped' || verdict.reason === 'campaign_archived';
    const sentence = explainReason(verdict.reason, told);
    if (isSettled) return { status: 'did_not_receive', reason: verdict.reason, sentence, evidence: verdict.evidence };
    return {
      status: 'will_receive',
      reason: verdict.reason,
      sentence: `${who} waits until ${showInstant(pairing.wakeAt, zone)}, but as things stand will not get the message: ${sentence}`,
      evidence: verdict.evidence,
    };
  }
  const until = verdict?.kind === 'hold' ? verdict.until : pairing.wakeAt;
  const unless = campaign.exceptions.map(describeMatcher).join(' or ');
  const checks = campaign.recheckAudience ? ', if still in the audience then' : '';
  const sentence = `${who} will get “${campaign.name}” at ${showInstant(until, zone)}${unless === '' ? '' : `, unless ${unless} comes before`}${checks}.`;
  return { status: 'will_receive', reason: null, sentence, evidence: {} };
}

export function tellRejection({ externalId: who, workspace }: ExplainContext, rejection: ExplainedRejection): Chapter {
  const { trigger, reason, evidence } = rejection;
  return {
    kind: 'rejection',
    status: 'did_not_receive',
    reason,
    sentence: explainReason(reason, { who, trigger, evidence, when: 'entry', zone: workspace.timeZone }),
    trigger: shownTrigger(trigger),
    dueAt: null,
    occurrenceKey: null,
    evidence,
    messages: [],
  };
}

function shownTrigger({ kind, name, time }: { readonly kind: string; readonly name: string; readonly time: number }) {
  return { kind, name, time: new Date(time).toISOString() };
}
