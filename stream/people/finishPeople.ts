/**
 * Goes on, page by page, with what a transaction left of one person: an exception that may end more than is judged at a
 * time, a new time zone that moves more than that, or what is to be erased of somebody deleted. Each page is a transaction of
 * its own, under the person's lock.
 */
import { exceptionsOf } from '../../domain/campaign/entry.js';
import { effectsOf, exceptionFired } from '../../domain/decision/effects.js';
import { endedBy } from '../../domain/decision/step.js';
import { askedOfTriggers } from '../../domain/event/askedProperties.js';
import type { StreamEvent } from '../../domain/event/streamEvent.js';
import type { Profile } from '../../domain/profile/profile.js';
import { isLastPage } from '../../facts/readOn.js';
import type { Pool, TransactionClient } from '../../storage/pool.js';
import { readRevision } from '../../storage/queries/events/readRevision.js';
import { PAGE_ROWS, selectOpenPairings } from '../../storage/queries/events/storedHistory.js';
import { lockUsers } from '../../storage/queries/people/lockUsers.js';
import {
  advanceUnfinished,
  type LeftToDo,
  nextUnfinished,
  readUnfinished,
} from '../../storage/queries/people/unfinished.js';
import { withTransaction } from '../../storage/withTransaction.js';
import type { Clock } from '../../telemetry/clock.js';
import type { CampaignIndex } from '../campaignIndex.js';
import { decideAll } from '../decideAll.js';
import { erasePage } from '../identity/erasePeople.js';
import { numberEvents } from '../numberEvents.js';
import type { StreamDeps } from '../streamDeps.js';
import { writeDecisions } from '../writeDecisions.js';
import { moveWaiting } from './followZones.js';

export interface FinishDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly stream: StreamDeps;
}

/** One page of one person; returns whether there may be more. */
export async function finishPeople({ pool, clock, stream }: FinishDeps): Promise<boolean> {
  const next = await nextUnfinished(pool);
  if (next === null) return false;
  const now = await clock();
  await withTransaction(pool, async (tx) => {
    const [user] = await lockUsers(tx, [next.user_id]);
    const left = await readUnfinished(tx, next.id);
    // Merged into another meanwhile: the next round goes on with that one.
    if (left === null || left.user_id !== next.user_id) return;
    const { revision } = await readRevision(tx, 0);
    const index = stream.campaigns.at(revision);
    const page = { tx, stream, index, userId: next.user_id, afterId: left.after_id, now };
    await advanceUnfinished(tx, next.id, await go(page, user?.profile ?? null, left));
  });
  return true;
}

interface PageOfPerson {
  readonly tx: TransactionClient;
  readonly stream: StreamDeps;
  readonly index: CampaignIndex;
  readonly userId: number;
  readonly afterId: number;
  readonly now: number;
}

/** The last pairing of the page; null: there are no more. */
async function go(page: PageOfPerson, profile: Profile | null, { kind, event }: LeftToDo): Promise<number | null> {
  if (kind === 'erased') return await erasePage(page.tx, page.userId, page.afterId);
  if (profile === null) return null;
  switch (kind) {
    case 'exception':
      return event === null ? null : await cancelPage(page, profile, event);
    case 'zone': {
      const { tx, stream, index, userId, afterId, now } = page;
      const after = { userId, id: afterId };
      const moving = { zones: new Map([[userId, profile.timeZone]]), index, workspace: stream.workspace, now };
      return (await moveWaiting(tx, moving, after)).last?.id ?? null;
    }
  }
}

async function cancelPage(
  { tx, stream, index, userId, afterId, now }: PageOfPerson,
  profile: Profile,
  event: StreamEvent,
): Promise<number | null> {
  const campaigns = index.listeners.campaignsHearing(event, 'exception');
  const rows = await selectOpenPairings(
    tx,
    {
      userIds: [userId],
      campaignIds: campaigns.map(({ id }) => id),
      keys: askedOfTriggers(campaigns.flatMap(exceptionsOf)),
    },
    { userId, id: afterId },
    PAGE_ROWS,
  );
  const open = rows.map(({ body: { id, campaignId, chainDepth, ...trigger } }) => ({
    id,
    campaignId,
    chainDepth,
    trigger,
  }));
  const ended = endedBy(open, event, index.listeners);
  const events = await numberEvents(tx, effectsOf(ended, 'cancel').map(exceptionFired), now);
  const profiles = new Map([[userId, profile]]);
  const decisions = await decideAll(tx, { workspace: stream.workspace, index, profiles, events, now });
  await writeDecisions(tx, { ...decisions, effects: [...ended, ...decisions.effects] }, { now });
  const last = rows.at(-1);
  return last === undefined || isLastPage({ found: last.found, shown: rows.length }, PAGE_ROWS) ? null : last.body.id;
}
