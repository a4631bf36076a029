/** Why a person whom the campaign never met did not meet it: their own stored events say. */

import type { Campaign } from '../../domain/campaign/campaign.js';
import { describeMatcher } from '../../domain/campaign/words/describe.js';
import { isBeforeLaunch } from '../../domain/decision/entry.js';
import { describeDid, describeNever } from '../../domain/event/kinds.js';
import { asHeard, matches } from '../../domain/event/matcher.js';
import { formatPropertyPath, valuesAt } from '../../domain/event/propertyPath.js';
import { passesPropertyTest } from '../../domain/event/propertyTest.js';
import type { StreamEvent } from '../../domain/event/streamEvent.js';
import { areClose, showHappened, showInstant } from '../../domain/explain/instants.js';
import type { JsonObject } from '../../domain/json.js';
import { selectLatestEvents } from '../../storage/queries/events/selectExplanation.js';
import { type ExplainContext, type Explanation, LATEST, type NeverReason } from './explanation.js';

const DECISIONS_KEPT_MS = 30 * 86_400_000;

type Stranger = Pick<Explanation, 'status' | 'reason' | 'sentence' | 'evidence'>;

export async function explainStranger({ campaign, who, pool, userId, zone, now }: ExplainContext): Promise<Stranger> {
  const never = (reason: NeverReason, sentence: string, evidence: JsonObject = {}): Stranger => ({
    status: 'never_entered',
    reason,
    sentence,
    evidence,
  });
  const { trigger } = campaign.entry;
  const events = await selectLatestEvents(pool, { userId, matcher: trigger, limit: LATEST });
  const heard = events.flatMap((event) => asHeard(trigger, event) ?? []);
  const latest = heard[0];
  if (latest === undefined)
    return never('no_trigger', `${who} ${describeNever(trigger)}, which triggers “${campaign.name}”.`);
  const matching = events.find((event) => matches(trigger, event));
  const fitting = matching === undefined ? null : asHeard(trigger, matching);
  if (fitting === null) {
    const seen = failedTests(campaign, latest);
    return never(
      'property_filter',
      `${who} ${describeDid(latest)} at ${showInstant(latest.time, zone)}, but “${campaign.name}” is triggered by ${describeMatcher(trigger)}: ${seen.map(({ property, value }) => `${property} was ${value}`).join(', ')}.`,
      { event: latest.seq, at: new Date(latest.time).toISOString(), seen },
    );
  }
  const did = `${who} ${describeDid(fitting)} at ${showInstant(fitting.time, zone)}`;
  const evidence = { event: fitting.seq, at: new Date(fitting.time).toISOString() };
  if (campaign.activeSince === null) {
    return never(
      'campaign_not_active',
      `${did}, but “${campaign.name}” was never launched (it is ${campaign.state}).`,
      evidence,
    );
  }
  // What was recorded before the launch committed was never tested against the campaign.
  if (fitting.receivedAt < campaign.activeSince || isBeforeLaunch(campaign, fitting)) {
    const isClose = areClose(fitting.time, campaign.activeSince);
    const since = showInstant(campaign.activeSince, zone, isClose ? 'exact' : 'seconds');
    const happened = isClose ? `${who} ${describeDid(fitting)} at ${showHappened(fitting, zone)}` : did;
    return never('before_launch', `${happened}, before “${campaign.name}” was active (since ${since}).`, evidence);
  }
  if (campaign.state !== 'active') {
    return never(
      'campaign_not_active',
      `${did}, but “${campaign.name}” was not active then (it is ${campaign.state}).`,
      evidence,
    );
  }
  if (fitting.isImported === true)
    return never('imported', `${did}, which came by an import: an import triggers nothing.`, evidence);
  const age =
    now - fitting.receivedAt > DECISIONS_KEPT_MS
      ? 'longer ago than decisions are kept (30 days)'
      : 'and no decision was kept';
  return never('decision_forgotten', `${did}, ${age}.`, evidence);
}

function failedTests(campaign: Campaign, event: StreamEvent): { property: string; value: string }[] {
  return campaign.entry.trigger.where
    .filter((test) => !passesPropertyTest(test, event.properties))
    .map((test) => {
      const values = valuesAt(event.properties, test.path);
      return {
        property: formatPropertyPath(test.path),
        value: values.length === 0 ? 'missing' : values.map((value) => JSON.stringify(value)).join(', '),
      };
    });
}
