/**
 * Where a waiting pairing stands after its person's time zone changed (AB-15): a due time of day is read on the new
 * clock, and a hold for a window or quiet hours on the person's clock is looked at again. Null: nothing moves.
 */
import type { Campaign, CampaignRules } from '../campaign/campaign.js';
import type { Workspace } from '../workspace.js';
import { dueOf } from './due.js';

export interface Waiting {
  readonly triggerTime: number;
  readonly dueAt: number;
  readonly plannedAt: number;
  readonly wakeAt: number;
  /** The rules it entered with: their delay holds for it. */
  readonly entered: Pick<CampaignRules, 'entry' | 'window'>;
  readonly campaign: Campaign;
}

export interface Moved {
  readonly dueAt: number;
  readonly plannedAt: number;
  readonly wakeAt: number;
}

export function rescheduleForZone(
  waiting: Waiting,
  {
    timeZone,
    workspace,
    now,
  }: { readonly timeZone: string | null; readonly workspace: Workspace; readonly now: number },
): Moved | null {
  const { entered, triggerTime } = waiting;
  const dueAt = isOnUserClock(entered)
    ? dueOf({ campaign: entered, triggerTime, timeZone, workspace }).dueAt
    : waiting.dueAt;
  const isHeldByClock = waiting.wakeAt > waiting.dueAt && areHoursOnUserClock(waiting.campaign);
  if (dueAt === waiting.dueAt && !isHeldByClock) return null;
  // A hold that is still to come ends now; one that is over leaves what came after it as late as it is.
  const plannedAt = Math.max(dueAt, Math.min(waiting.plannedAt, now));
  return { dueAt, plannedAt, wakeAt: Math.max(dueAt, now) };
}

function isOnUserClock({ entry: { delay } }: Waiting['entered']): boolean {
  return 'zone' in delay && delay.zone.kind === 'user';
}

function areHoursOnUserClock({ window, quietHours }: Campaign): boolean {
  return window?.zone.kind === 'user' || quietHours?.zone.kind === 'user';
}
