/**
 * Records events of Rappel's own that did not come with a request (received, an exception found at send time) and
 * decides what they lead to, under a savepoint: if that fails the events stand, and each follow-up is parked with the
 * error. The caller holds the person's lock and its transaction.
 */

import { listensTo } from '../domain/campaign/entry.js';
import type { Enter } from '../domain/decision/effects.js';
import { matches } from '../domain/event/matcher.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import { type StorableText, storableText } from '../domain/schema/storableText.js';
import type { TransactionClient } from '../storage/pool.js';
import { withSavepoint } from '../storage/withTransaction.js';
import type { CampaignIndex } from './campaignIndex.js';
import { decideAll } from './decideAll.js';
import type { StreamDeps } from './streamDeps.js';
import { writeDecisions } from './writeDecisions.js';

export interface FollowUps {
  readonly event: StreamEvent;
  /** Of the campaigns, read under the lock. */
  readonly revision: number;
  readonly profile: Profile;
  readonly now: number;
}

export async function recordFollowUps(tx: TransactionClient, stream: StreamDeps, follow: FollowUps): Promise<void> {
  const { event, profile, now } = follow;
  const index = stream.campaigns.at(follow.revision);
  const profiles = new Map([[event.userId, profile]]);
  await withSavepoint(
    tx,
    async () => {
      const { workspace } = stream;
      const decisions = await decideAll(tx, { workspace, index, profiles, events: [event], now });
      await writeDecisions(tx, decisions, { now });
    },
    async (error) => {
      const effects = parkedFollowUps(
        index,
        event,
        storableText(error instanceof Error ? error.message : String(error), 1_000),
      );
      await writeDecisions(tx, { events: [event], effects, unfinished: [] }, { now });
    },
  );
}

function parkedFollowUps(index: CampaignIndex, event: StreamEvent, failure: StorableText): readonly Enter[] {
  const hearing = index.listeners.campaignsHearing(event, 'trigger');
  const triggered = hearing.filter((campaign) => listensTo(campaign).some((matcher) => matches(matcher, event)));
  return triggered.map((campaign) => ({
    kind: 'enter',
    userId: event.userId,
    pairing: { id: null, campaignId: campaign.id, trigger: event, chainDepth: event.chainDepth ?? 0 },
    campaign,
    dueAt: event.time,
    failure,
  }));
}
