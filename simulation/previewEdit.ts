/**
 * What a definition would do to the people who wait in a campaign now: each is decided as at their planned instant, by
 * the same `decide` that will decide then, with everything else as it is. Reads only, page by page, and writes nothing.
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { variantOf } from '../domain/campaign/variantOf.js';
import { channelsOf } from '../domain/channel/index.js';
import { decide } from '../domain/decision/decide.js';
import type { Reason } from '../domain/decision/reasons.js';
import { type HoldReason, type Verdict } from '../domain/decision/verdict.js';
import { showInstant } from '../domain/explain/instants.js';
import { explainReason } from '../domain/explain/sentences.js';
import { personName } from '../domain/profile/personName.js';
import { zoneOfPerson } from '../domain/timing/zone.js';
import type { Workspace } from '../domain/workspace.js';
import { loadSendFacts } from '../facts/loadSendFacts.js';
import { nextLimit } from '../facts/readOn.js';
import type { Queryable } from '../storage/pool.js';
import { selectWaitingPage, type WaitingPerson } from '../storage/queries/simulation/selectWaitingPage.js';

export interface PreviewInput {
  /** The campaign as it would be. */
  readonly campaign: Campaign;
  /** Whether those held now would be decided again at once. */
  readonly releasesHolds: boolean;
  readonly workspace: Workspace;
  readonly now: number;
}

export interface Preview {
  readonly waiting: number;
  /** False where more people wait than are looked at: the counts are of the first `waiting`. */
  readonly isComplete: boolean;
  readonly keepTheirTime: number;
  /** Held now, and no longer. */
  readonly sooner: number;
  readonly held: {
    readonly count: number;
    readonly byReason: Readonly<Partial<Record<HoldReason, number>>>;
    readonly earliest: number | null;
    readonly latest: number | null;
  };
  readonly dropped: { readonly count: number; readonly byReason: Readonly<Partial<Record<Reason, number>>> };
  /** People whom it changes something for come first. */
  readonly examples: readonly PreviewExample[];
}

export type PreviewExample = {
  /** The external id; null of a person without, or deleted. */
  readonly user: string | null;
  /** Rappel's own id. */
  readonly userId: string;
  readonly plannedFor: number;
  readonly sentence: string;
} & (
  | { readonly effect: 'keeps' | 'sooner'; readonly until: number; readonly reason: null }
  | { readonly effect: 'held'; readonly until: number; readonly reason: HoldReason }
  | { readonly effect: 'dropped'; readonly until: null; readonly reason: Reason }
);

const PAGE = 200;
/** About a millisecond each: an answer within a minute. */
const MAX_PEOPLE = 50_000;
const EXAMPLES_OF_A_KIND = 10;

export async function previewEdit(db: Queryable, input: PreviewInput): Promise<Preview> {
  const tally = createTally();
  let afterId = 0;
  for (let limit = PAGE; ; ) {
    const { people, isLast } = await selectWaitingPage(db, { campaignId: input.campaign.id, afterId, limit });
    for (const person of people) tally.add(await previewOne(db, input, person));
    const last = people.at(-1);
    if (last === undefined || isLast) return tally.result(true);
    if (tally.count() >= MAX_PEOPLE) return tally.result(false);
    afterId = last.pairingId;
    limit = Math.min(PAGE, nextLimit(people.length, limit));
  }
}

async function previewOne(db: Queryable, input: PreviewInput, person: WaitingPerson): Promise<PreviewExample> {
  const { campaign, workspace, now } = input;
  const wakeAt = plannedInstant(input, person);
  const at = Math.max(now, wakeAt);
  const channels = channelsOf(variantOf({ campaign, userId: person.userId }).messages);
  const facts = await loadSendFacts(db, { campaign, attempts: [{ ...person, channels, now: at }] });
  const loaded = facts.get(person.pairingId);
  // Settled since its page was read: nothing is left to change.
  if (loaded === undefined || loaded.state !== 'waiting') return told(input, person, null);
  const asEdited = {
    ...loaded.facts,
    campaign: { ...loaded.facts.campaign, state: campaign.state },
    pairing: { ...loaded.facts.pairing, wakeAt, plannedAt: Math.min(loaded.facts.pairing.plannedAt, wakeAt) },
  };
  return told(input, person, decide(asEdited, workspace, at));
}

function plannedInstant({ releasesHolds, now }: PreviewInput, { dueAt, wakeAt, hasBegun }: WaitingPerson): number {
  const isReleased = releasesHolds && !hasBegun && wakeAt > Math.max(dueAt, now);
  return isReleased ? Math.max(dueAt, now) : wakeAt;
}

function told(input: PreviewInput, person: WaitingPerson, verdict: Verdict | null): PreviewExample {
  const user = person.profile?.externalId ?? null;
  const userId = String(person.userId);
  const who = personName({ id: person.userId, externalId: user, aliases: [] });
  const zone = zoneOfPerson(person.profile?.timeZone ?? null, input.workspace);
  const base = { user, userId, plannedFor: person.wakeAt };
  switch (verdict?.kind) {
    case 'end': {
      const { reason, evidence } = verdict;
      const sentence = explainReason(reason, { who, trigger: person.trigger, evidence, when: 'ahead', zone });
      return { ...base, effect: 'dropped', until: null, reason, sentence };
    }
    case 'hold': {
      if (verdict.until === person.wakeAt) break;
      const { until, because } = verdict;
      const sentence = `${who} would be held until ${showInstant(until, zone)}, ${HELD_FOR[because]}.`;
      return { ...base, effect: 'held', until, reason: because, sentence };
    }
    case 'send':
    case undefined:
      break;
  }
  const until = verdict?.kind === 'send' ? plannedInstant(input, person) : person.wakeAt;
  const effect = until < person.wakeAt ? 'sooner' : 'keeps';
  const sentence = `${who} would get the message at ${showInstant(until, zone)}.`;
  return { ...base, effect, until, reason: null, sentence };
}

const HELD_FOR: Readonly<Record<HoldReason, string>> = {
  not_due: 'when the message falls due',
  window: 'when the time window opens',
  quiet_hours: 'when the quiet hours end',
  another_send: 'while another message of the campaign is being sent',
};

function createTally() {
  const effects: Record<PreviewExample['effect'], PreviewExample[]> = { dropped: [], held: [], sooner: [], keeps: [] };
  const counts: Record<PreviewExample['effect'], number> = { dropped: 0, held: 0, sooner: 0, keeps: 0 };
  const heldBy: Partial<Record<HoldReason, number>> = {};
  const droppedBy: Partial<Record<Reason, number>> = {};
  let earliest: number | null = null;
  let latest: number | null = null;
  const total = () => counts.dropped + counts.held + counts.sooner + counts.keeps;
  return {
    add(example: PreviewExample): void {
      counts[example.effect] += 1;
      switch (example.effect) {
        case 'dropped':
          droppedBy[example.reason] = (droppedBy[example.reason] ?? 0) + 1;
          break;
        case 'held':
          heldBy[example.reason] = (heldBy[example.reason] ?? 0) + 1;
          earliest = Math.min(earliest ?? example.until, example.until);
          latest = Math.max(latest ?? example.until, example.until);
          break;
        case 'sooner':
        case 'keeps':
          break;
      }
      if (effects[example.effect].length < EXAMPLES_OF_A_KIND) effects[example.effect].push(example);
    },
    count: total,
    result: (isComplete: boolean): Preview => ({
      waiting: total(),
      isComplete,
      keepTheirTime: counts.keeps,
      sooner: counts.sooner,
      held: { count: counts.held, byReason: heldBy, earliest, latest },
      dropped: { count: counts.dropped, byReason: droppedBy },
      examples: [...effects.dropped, ...effects.held, ...effects.sooner, ...effects.keeps],
    }),
  };
}
