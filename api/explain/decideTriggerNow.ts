/** What a trigger at this moment would lead to: the gates of entry now, then those of sending at the due instant. */

import { variantOf } from '../../domain/campaign/variantOf.js';
import { describeMatcher } from '../../domain/campaign/words/describe.js';
import { channelsOf } from '../../domain/channel/index.js';
import { decide } from '../../domain/decision/decide.js';
import { decideEntry } from '../../domain/decision/entry.js';
import { evaluating } from '../../domain/decision/evaluation.js';
import type { Stopped } from '../../domain/decision/gates/gates.js';
import { type Verdict } from '../../domain/decision/verdict.js';
import type { StreamEvent } from '../../domain/event/streamEvent.js';
import { showInstant } from '../../domain/explain/instants.js';
import { explainReason } from '../../domain/explain/sentences.js';
import { addToFacts } from '../../domain/facts/userFacts.js';
import { loadCandidate } from '../../facts/loadCandidate.js';
import { brokenRules } from './explainPairing.js';
import type { ExplainContext, Explanation } from './explanation.js';

type TriggeredNow = NonNullable<Explanation['ifTriggeredNow']>;

export async function decideTriggerNow(context: ExplainContext): Promise<TriggeredNow> {
  const { campaign, who, zone, userId, now } = context;
  if (campaign.state !== 'active') {
    return { enters: false, reason: null, sentence: `“${campaign.name}” is ${campaign.state}: nothing would happen.` };
  }
  const { kind, name } = campaign.entry.trigger;
  const trigger: StreamEvent = { seq: 0, userId, kind, name: name ?? '', time: now, receivedAt: now, properties: {} };
  const event = describeMatcher(campaign.entry.trigger);
  try {
    const judged = await decideTrigger(context, trigger);
    if (judged.kind === 'reject') {
      const told = { who, trigger, evidence: judged.evidence, zone };
      const sentence = `If it happened now: ${explainReason(judged.reason, { ...told, when: 'entry' })}`;
      return { enters: false, reason: judged.reason, sentence };
    }
    const { verdict, dueAt } = judged;
    if (verdict.kind === 'end') {
      const told = { who, trigger, evidence: verdict.evidence, zone };
      const sentence = `${event} by ${who} now would enter, but send nothing: ${explainReason(verdict.reason, { ...told, when: 'ahead' })}`;
      return { enters: true, reason: verdict.reason, sentence };
    }
    const at = showInstant(verdict.kind === 'hold' ? verdict.until : dueAt, zone);
    return { enters: true, reason: null, sentence: `${event} by ${who} now would send at ${at}.` };
  } catch (error) {
    const sentence = `${event} by ${who} now would be parked: the rules cannot be evaluated: ${brokenRules(error)}`;
    return { enters: false, reason: null, sentence };
  }
}

type Judged =
  | ({ readonly kind: 'reject' } & Stopped)
  | { readonly kind: 'enters'; readonly dueAt: number; readonly verdict: Verdict };

async function decideTrigger(context: ExplainContext, trigger: StreamEvent): Promise<Judged> {
  const { campaign, workspace, pool, userId, profile, now } = context;
  const loaded = await loadCandidate(pool, { campaign, userId, profile, at: now });
  const { facts: person, receipt, waiting } = loaded;
  const candidate = { campaign, trigger, person: { facts: person, workspace }, receipt, waiting, now };
  const entry = evaluating(() => decideEntry(candidate));
  if (entry.kind === 'reject') return entry;
  const { dueAt } = entry;
  const facts = {
    campaign,
    pairing: { generation: campaign.generation, dueAt, plannedAt: dueAt, wakeAt: dueAt, trigger },
    person: addToFacts(person, trigger),
    receipt,
    claimedUntil: null,
    exception: null,
    pending: channelsOf(variantOf({ campaign, userId }).messages),
  };
  return { kind: 'enters', dueAt, verdict: evaluating(() => decide(facts, workspace, dueAt)) };
}
