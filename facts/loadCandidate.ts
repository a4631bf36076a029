import { needsOf } from '../domain/audience/filter.js';
import type { Campaign } from '../domain/campaign/campaign.js';
import { evaluating } from '../domain/decision/evaluation.js';
import type { Receipt } from '../domain/decision/gates/gates.js';
import { NO_FACTS, type UserFacts } from '../domain/facts/userFacts.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Queryable } from '../storage/pool.js';
import { loadEntryFacts } from './loadEntryFacts.js';

export interface CandidateRequest {
  readonly campaign: Campaign;
  readonly userId: number;
  readonly profile: Profile;
  /** The earliest instant that the audience is evaluated for, ms. */
  readonly at: number;
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
  { campaign, userId, profile, at }: CandidateRequest,
): Promise<LoadedCandidate> {
  const userIds = [userId];
  const needs = evaluating(() => (campaign.audience === null ? [] : needsOf(campaign.audience)));
  const loaded = await loadEntryFacts(db, userIds, {
    audience: { userIds, needs, at },
    waiting: { userIds },
    receipts: { userIds, campaignIds: [campaign.id] },
  });
  const { known = NO_FACTS, receipts, waiting = new Map() } = loaded.get(userId) ?? {};
  return { facts: { userId, profile, ...known }, receipt: receipts?.get(campaign.id) ?? null, waiting };
}
