/**
 * Moves what waits for people whose time zone changed (AB-15), in the transaction of the change: the rows are the
 * truth, and runs that are to wake earlier are told through the outbox.
 */
import { compileCampaign } from '../domain/campaign/compile.js';
import { rescheduleForZone } from '../domain/decision/reschedule.js';
import type { Workspace } from '../domain/workspace.js';
import type { Queryable } from '../storage/pool.js';
import { type Rescheduled, reschedulePairings } from '../storage/queries/reschedulePairings.js';
import { selectWaitingOfUsers, type WaitingPairing } from '../storage/queries/selectWaitingOfUsers.js';
import type { CampaignIndex } from './campaignIndex.js';
import type { ProfileUpdate } from './profileChanges.js';

export interface ZoneChanges {
  readonly updates: readonly ProfileUpdate[];
  /** People of this request: nothing waits for them yet. */
  readonly created: ReadonlySet<number>;
  readonly index: CampaignIndex;
  readonly workspace: Workspace;
  readonly now: number;
}

/** Returns whether the outbox was written. */
export async function followZones(tx: Queryable, changes: ZoneChanges): Promise<boolean> {
  const { updates, created } = changes;
  const zones = new Map<number, string | null>();
  for (const { userId, changed, profile } of updates) {
    if (Object.hasOwn(changed, 'time_zone') && !created.has(userId)) zones.set(userId, profile.timeZone);
  }
  if (zones.size === 0) return false;
  const waiting = await selectWaitingOfUsers(tx, [...zones.keys()]);
  const moved = waiting.flatMap((row) => move(row, zones.get(row.user_id) ?? null, changes) ?? []);
  return (await reschedulePairings(tx, moved)) > 0;
}

function move(row: WaitingPairing, timeZone: string | null, changes: ZoneChanges): Rescheduled | null {
  const { index, workspace, now } = changes;
  const campaign = index.byId.get(row.campaign_id);
  // Its definition does not compile: the attempt that finds out parks it.
  if (campaign === undefined) return null;
  const entered = row.entered_with === null ? campaign : compileCampaign(row.entered_with);
  const { trigger_time: triggerTime, due_at: dueAt, planned_at, wake_at: wakeAt } = row;
  const waiting = { triggerTime, dueAt, plannedAt: planned_at ?? dueAt, wakeAt, entered, campaign };
  const moved = rescheduleForZone(waiting, { timeZone, workspace, now });
  return moved === null ? null : { id: row.id, ...moved };
}
