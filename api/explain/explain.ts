/**
 * Why a person did, did not or will get a campaign: read from pairings and rejections and, where there is none, from
 * the person's stored events, judged by the rules that decide live. Writes nothing.
 */
import { listensTo } from '../../domain/campaign/entry.js';
import { askedOfEvents } from '../../domain/event/askedProperties.js';
import { personName } from '../../domain/profile/personName.js';
import { zoneOfPerson } from '../../domain/timing/zone.js';
import {
  type ExplainedPairing,
  type ExplainedRejection,
  selectExplainedPairings,
  selectExplainedRejections,
} from '../../storage/queries/events/selectExplanation.js';
import { profileOf } from '../../storage/queries/people/profileColumns.js';
import { decideTriggerNow } from './decideTriggerNow.js';
import { explainPairing, explainRejection } from './explainPairing.js';
import { explainStranger } from './explainStranger.js';
import {
  type ExplainContext,
  type ExplainedEntry,
  type ExplainInput,
  type ExplainStatus,
  type Explanation,
  LATEST,
} from './explanation.js';

export async function explain(input: ExplainInput): Promise<Explanation> {
  const { person, workspace } = input;
  const profile = profileOf(person);
  const who = personName({ id: person.id, externalId: person.external_id, aliases: person.aliases });
  const zone = zoneOfPerson(profile.timeZone, workspace);
  const context: ExplainContext = { ...input, userId: person.id, profile, who, zone };
  const request = { campaignId: input.campaign.id, userId: person.id, limit: LATEST };
  const pairings = await selectExplainedPairings(input.pool, request);
  const rejections = await selectExplainedRejections(input.pool, {
    ...request,
    keys: askedOfEvents(listensTo(input.campaign)),
  });
  const history = await inOrder(context, pairings, rejections);
  // What is still open is the answer, whatever came of later triggers.
  const headline = history.find(({ status }) => OPEN.has(status)) ?? history[0];
  const ifTriggeredNow = await decideTriggerNow(context);
  if (headline === undefined) return { ...(await explainStranger(context)), runUrl: null, history, ifTriggeredNow };
  const { status, reason, sentence, evidence, runUrl } = headline;
  return { status, reason, sentence, evidence, runUrl, history, ifTriggeredNow };
}

/** The answer where the name is nobody's. */
export function unknownPerson(named: string): Explanation {
  const sentence = `Nobody with ${named} is known.`;
  const reason = 'unknown_person';
  return { status: reason, reason, sentence, evidence: {}, runUrl: null, history: [], ifTriggeredNow: null };
}

const OPEN: ReadonlySet<ExplainStatus> = new Set(['will_receive', 'will_not_receive', 'being_sent', 'parked']);

async function inOrder(
  context: ExplainContext,
  pairings: readonly ExplainedPairing[],
  rejections: readonly ExplainedRejection[],
): Promise<readonly ExplainedEntry[]> {
  const told: { time: number; seq: number; chapter: ExplainedEntry }[] = [];
  for (const pairing of pairings) told.push({ ...pairing.trigger, chapter: await explainPairing(context, pairing) });
  for (const rejection of rejections)
    told.push({ ...rejection.trigger, chapter: explainRejection(context, rejection) });
  return told
    .sort((a, b) => b.time - a.time || b.seq - a.seq)
    .slice(0, LATEST)
    .map(({ chapter }) => chapter);
}
