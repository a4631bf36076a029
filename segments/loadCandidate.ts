import type { Campaign } from '../domain/campaign/campaign.js';
import { evaluating } from '../domain/decision/evaluation.js';
import type { Receipt } from '../domain/decision/gates/gates.js';
import type { Profile } from '../domain/profile/profile.js';
import type { UserFacts } from '../domain/segment/facts.js';
import { needsOf } from '../domain/segment/filter.js';
import type { Queryable } from '../storage/pool.js';
import { loadEntryFacts } from './loadEntryFacts.js';

export interface CandidateRequest {
  readonly campaign: Campaign;
  readonly userId: number;
  readonly profile: Profile;
  /** Counts of days are as of this instant, ms. */
  readonly since: number;
}

export interface LoadedCandidate {
  readonly facts: UserFacts;
  readonly receipt: Receipt | null;
  /** How many pairings of the person wait, by campaign. */
  readonly waiting: ReadonlyMap<number, number>;
}

/** What the entry gates of one campaign ask of one person. Throws an `EvaluationError` where its audience cannot be read. */
export async function loadCandidate(
  db: Queryable,
  { campaign, userId, profile, since }: CandidateRequest,
): Promise<LoadedCandidate> {
  const loaded = await loadEntryFacts(db, {
    userIds: [userId],
    countedIds: [userId],
    profilesOf: [],
    exceptionCampaignIds: [],
    askedOfOpen: [],
    triggeredCampaignIds: [campaign.id],
    needs: evaluating(() => (campaign.audience === null ? [] : needsOf(campaign.audience))),
    exceptionListeners: [],
    askedOfStored: [],
    since,
  });
  const { totals = new Map(), recent = new Map(), receipts, waiting = new Map() } = loaded.get(userId) ?? {};
  return { facts: { userId, profile, totals, recent }, receipt: receipts?.get(campaign.id) ?? null, waiting };
}
