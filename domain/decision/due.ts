/** When the message of a trigger falls due for one person (AB-20…23): at entry, and again when their zone changes. */
import type { CampaignRules } from '../campaign/campaign.js';
import { dueInstant } from '../timing/delay.js';
import { nextWindowOpening } from '../timing/window.js';
import { resolveZone } from '../timing/zone.js';
import type { Workspace } from '../workspace.js';

export interface Due {
  readonly dueAt: number;
  /** AB-23: the time of day had passed when the trigger came, and nothing says to send at the next available one. */
  readonly isPast: boolean;
}

export interface DueInput {
  readonly campaign: Pick<CampaignRules, 'entry' | 'window'>;
  readonly triggerTime: number;
  /** The person's, null when unknown. */
  readonly timeZone: string | null;
  readonly workspace: Workspace;
}

export function dueOf({ campaign, triggerTime, timeZone, workspace }: DueInput): Due {
  const {
    entry: { delay },
    window,
  } = campaign;
  if (delay.kind === 'none' || delay.kind === 'after') {
    return { dueAt: dueInstant(delay, triggerTime, workspace.timeZone), isPast: false };
  }
  const dueAt = dueInstant(delay, triggerTime, resolveZone(delay.zone, timeZone, workspace));
  if (dueAt >= triggerTime) return { dueAt, isPast: false };
  if (window?.missed !== 'nextAvailable') return { dueAt, isPast: true };
  const zone = resolveZone(window.zone, timeZone, workspace);
  return { dueAt: nextWindowOpening(window, triggerTime, zone), isPast: false };
}
