/**
 * Why a person did, did not or will get a campaign: read from pairings and rejections and, where there is none, from
 * the person's stored events, judged by the rules that decide live. Writes nothing.
 */
import { describeMatcher } from '../../domain/campaign/describe.js';
import { decideEntry } from '../../domain/decision/entry.js';
import type { StreamEvent } from '../../domain/event/streamEvent.js';
import { explainReason, showInstant } from '../../domain/explain/sentences.js';
import { needsOf } from '../../domain/segment/filter.js';
import {
  type ExplainedPairing,
  type ExplainedRejection,
  findPerson,
  selectExplainedPairings,
  selectExplainedRejections,
  selectReceipt,
  selectTotals,
} from '../../storage/queries/selectExplanation.js';
import { explainStranger } from './explainStranger.js';
import { type Chapter, type ExplainContext, type ExplainInput, type Explanation, LATEST } from './explanation.js';
import { tellPairing, tellRejection } from './tellPairing.js';

export async function explain(input: ExplainInput): Promise<Explanation> {
  const person = await findPerson(input.pool, input.externalId);
  if (person === null) {
    const sentence = `Nobody with the external id ${input.externalId} is known.`;
    return {
      status: 'unknown_person',
      reason: 'unknown_person',
      sentence,
      evidence: {},
      history: [],
      ifTriggeredNow: null,
    };
  }
  const context: ExplainContext = { ...input, userId: person.id, profile: person.profile };
  const request = { campaignId: input.campaign.id, userId: person.id, limit: LATEST };
  const pairings = await selectExplainedPairings(input.pool, request);
  const rejections = await selectExplainedRejections(input.pool, request);
  const history = await inOrder(context, pairings, rejections);
  const newest = history[0];
  const ifTriggeredNow = await judgeTriggerNow(context);
  if (newest === undefined) return { ...(await explainStranger(context)), history, ifTriggeredNow };
  const { status, reason, sentence, evidence } = newest;
  return { status, reason, sentence, evidence, history, ifTriggeredNow };
}

async function inOrder(
  context: ExplainContext,
  pairings: readonly ExplainedPairing[],
  rejections: readonly ExplainedRejection[],
): Promise<readonly Chapter[]> {
  const told: { time: number; seq: number; chapter: Chapter }[] = [];
  for (const pairing of pairings) told.push({ ...pairing.trigger, chapter: await tellPairing(context, pairing) });
  for (const rejection of rejections) told.push({ ...rejection.trigger, chapter: tellRejection(context, rejection) });
  return told
    .sort((a, b) => b.time - a.time || b.seq - a.seq)
    .slice(0, LATEST)
    .map(({ chapter }) => chapter);
}

async function judgeTriggerNow(context: ExplainContext): Promise<Explanation['ifTriggeredNow']> {
  const { campaign, externalId: who, workspace, pool, userId, profile, now } = context;
  if (campaign.state !== 'active') {
    return { enters: false, reason: null, sentence: `“${campaign.name}” is ${campaign.state}: nothing would happen.` };
  }
  const totals = await selectTotals(pool, userId, campaign.audience === null ? [] : needsOf(campaign.audience));
  const { kind, name } = campaign.trigger;
  const trigger: StreamEvent = { seq: 0, userId, kind, name: name ?? '', time: now, receivedAt: now, properties: {} };
  const receipt = await selectReceipt(pool, userId, campaign.id);
  const person = { facts: { userId, profile, totals }, workspace };
  const verdict = decideEntry({ campaign, trigger, person, receipt, now });
  if (verdict.kind === 'enter') {
    const due = showInstant(verdict.dueAt, workspace.timeZone);
    return {
      enters: true,
      reason: null,
      sentence: `${describeMatcher(campaign.trigger)} by ${who} now would send at ${due}.`,
    };
  }
  const told = { who, trigger, evidence: verdict.evidence, when: 'entry' as const, zone: workspace.timeZone };
  return {
    enters: false,
    reason: verdict.reason,
    sentence: `If it happened now: ${explainReason(verdict.reason, told)}`,
  };
}
