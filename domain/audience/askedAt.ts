// When a filter is asked, and by whose clock its dates are read (SG-03): absolute dates by the workspace's, days that come
// again every year by the person's own only where a campaign sends in local time.
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../profile/parseInstant.js';
import { parseAbsolute, parseLocal } from '../timing/instant.js';
import { firstInstantAt, toLocalMs } from '../timing/localTime.js';
import { zoneOfPerson } from '../timing/zone.js';
import type { Workspace } from '../workspace.js';

export interface AskedAt {
  /** Epoch ms. */
  readonly now: number;
  readonly workspace: Workspace;
  /** Whether what it is asked for is sent at a time of day on each person's own clock. */
  readonly isLocalTime: boolean;
  /** Of the one person who is asked about; null where theirs is not known. */
  readonly personZone?: string | null;
}

/** Throws where `readInstant` finds none. */
export function instantOf(text: string, askedAt: AskedAt): number {
  const at = readInstant(text, askedAt);
  if (at === null) throw new RangeError(`Not an instant: ${JSON.stringify(text)}.`);
  return at;
}

/** Of an absolute date or date-time; one without an offset is the workspace's, and one without a time its midnight. */
export function readInstant(text: string, { workspace }: AskedAt): number | null {
  const at = parseAbsolute(text);
  if (at !== null) return at;
  const local = parseLocal(text);
  if (local === null) return null;
  return Math.min(Math.max(firstInstantAt(local, workspace.timeZone), EARLIEST_INSTANT), LATEST_INSTANT);
}

/** The wall clock (`localTime.ts`) by which days that come again every year are read, at an instant. */
export function clockOfDays(at: number, askedAt: AskedAt): number {
  return toLocalMs(at, zoneOfDays(askedAt));
}

function zoneOfDays({ workspace, isLocalTime, personZone = null }: AskedAt): string {
  return isLocalTime ? zoneOfPerson(personZone, workspace) : workspace.timeZone;
}
