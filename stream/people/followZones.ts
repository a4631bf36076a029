/**
 * Moves what waits for people whose time zone changed (AB-15), in the transaction of the change: the rows are the
 * truth, and runs that are to wake earlier are told through the outbox.
 */
import type { CampaignRules } from '../../domain/campaign/campaign.js';
import { compileCampaign } from '../../domain/campaign/compile.js';
import { rescheduleForZone } from '../../domain/decision/reschedule.js';
import type { Workspace } from '../../domain/workspace.js';
import type { Queryable } from '../../storage/pool.js';
import { PAGE_ROWS } from '../../storage/queries/events/storedHistory.js';
import { type Rescheduled, reschedulePairings } from '../../storage/queries/pairings/reschedulePairings.js';
import { selectWaitingOfUsers, type WaitingPairing } from '../../storage/queries/pairings/selectWaitingOfUsers.js';
import { insertUnfinished } from '../../storage/queries/people/unfinished.js';
import type { CampaignIndex } from '../campaignIndex.js';
import type { ProfileUpdate } from './profileUpdate.js';

export interface ZoneChanges {
  readonly updates: readonly ProfileUpdate[];
  /** People of this request: nothing waits for them yet. */
  readonly created: ReadonlySet<number>;
  readonly index: CampaignIndex;
  readonly workspace: Workspace;
  readonly now: number;
}

/** At once, in the transaction of the change; the rest is left to a sweep. */
const MOST_PAGES = 6;

/** Returns whether the outbox was written. */
export async function followZones(tx: Queryable, changes: ZoneChanges): Promise<boolean> {
  const { updates, created } = changes;
  const zones = new Map<number, string | null>();
  for (const { userId, changed, profile } of updates) {
    if (Object.hasOwn(changed, 'time_zone') && !created.has(userId)) zones.set(userId, profile.timeZone);
  }
  if (zones.size === 0) return false;
  let hints = 0;
  let after = { userId: 0, id: 0 };
  for (let pages = 1; ; pages += 1) {
    const moved = await moveWaiting(tx, { ...changes, zones }, after);
    hints += moved.hints;
    if (moved.last === null) return hints > 0;
    after = { userId: moved.last.user_id, id: moved.last.id };
    if (pages === MOST_PAGES) break;
  }
  const { userId, id } = after;
  const left = [...zones.keys()].filter((each) => each >= userId);
  await insertUnfinished(
    tx,
    left.map((each) => ({ userId: each, kind: 'zone', event: null, afterId: each === userId ? id : 0 })),
  );
  return hints > 0;
}

interface Moving extends Pick<ZoneChanges, 'index' | 'workspace' | 'now'> {
  readonly zones: ReadonlyMap<number, string | null>;
}

/** One page of what waits for these people: how many are to wake earlier, and the last of it; null: it was the last page. */
export async function moveWaiting(
  tx: Queryable,
  moving: Moving,
  after: { readonly userId: number; readonly id: number },
): Promise<{ readonly hints: number; readonly last: WaitingPairing | null }> {
  const page = await selectWaitingOfUsers(tx, [...moving.zones.keys()], { after, limit: PAGE_ROWS });
  const rulesOf = new Map<string, CampaignRules>();
  const moved = page.flatMap((row) => move(row, rulesOf, moving) ?? []);
  const hints = await reschedulePairings(tx, moved);
  return { hints, last: page.length < PAGE_ROWS ? null : (page.at(-1) ?? null) };
}

/** `rulesOf`: older versions of the page, as they come up. */
function move(
  row: WaitingPairing,
  rulesOf: Map<string, CampaignRules>,
  { index, workspace, now, zones }: Moving,
): Rescheduled | null {
  const campaign = index.byId.get(row.campaign_id);
  // Its definition does not compile: the attempt that finds out parks it.
  if (campaign === undefined) return null;
  const version = `${row.campaign_id}:${row.campaign_version}`;
  if (row.entered_with !== null) rulesOf.set(version, compileCampaign(row.entered_with));
  const entered = rulesOf.get(version) ?? campaign;
  const { trigger_time: triggerTime, due_at: dueAt, planned_at, wake_at: wakeAt } = row;
  const waiting = { triggerTime, dueAt, plannedAt: planned_at ?? dueAt, wakeAt, entered, campaign };
  const moved = rescheduleForZone(waiting, { timeZone: zones.get(row.user_id) ?? null, workspace, now });
  return moved === null ? null : { id: row.id, ...moved };
}
