/**
 * Why a person did, did not or will get a campaign: read from pairings and rejections and, where there is none, from
 * the person's stored events, judged by the rules that decide live. Writes nothing.
 */
import {
  type ExplainedPairing,
  type ExplainedRejection,
  findPerson,
  selectExplainedPairings,
  selectExplainedRejections,
} from '../../storage/queries/selectExplanation.js';
import { explainStranger } from './explainStranger.js';
import {
  type Chapter,
  type ExplainContext,
  type ExplainInput,
  type ExplainStatus,
  type Explanation,
  LATEST,
} from './explanation.js';
import { judgeTriggerNow } from './judgeTriggerNow.js';
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
  // What is still open is the answer, whatever came of later triggers.
  const headline = history.find(({ status }) => OPEN.has(status)) ?? history[0];
  const ifTriggeredNow = await judgeTriggerNow(context);
  if (headline === undefined) return { ...(await explainStranger(context)), history, ifTriggeredNow };
  const { status, reason, sentence, evidence } = headline;
  return { status, reason, sentence, evidence, history, ifTriggeredNow };
}

const OPEN: ReadonlySet<ExplainStatus> = new Set(['will_receive', 'will_not_receive', 'being_sent', 'parked']);

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
