/**
 * Window and quiet hours at send time (AB-50…54, QH-01…03): whether the message may go at this instant, waits for the
 * first instant that satisfies both, or is dropped.
 */
import type { Campaign } from '../../campaign/campaign.js';
import type { ZoneRule } from '../../campaign/entry.js';
import { durationBounds } from '../../timing/duration.js';
import { endOfHours, isInsideWindow, nextWindowOpening } from '../../timing/window.js';
import { resolveZone } from '../../timing/zone.js';
import type { Verdict } from '../verdict.js';
import { type Evidence, isoInstant, type Person, quietHoursGate, type Stopped, windowGate } from './gates.js';

/** Each step passes an edge of the window or of the quiet hours; there are at most four a day. */
const MAX_STEPS = 60;

export function inHours(campaign: Campaign, person: Person, at: number): Verdict | null {
  const closed = windowGate(campaign, person, at);
  if (closed !== null && campaign.window?.missed === 'drop') return dropped(closed);
  const quiet = quietHoursGate(campaign, person, at);
  if (quiet !== null && campaign.quietHours?.policy === 'abort') return dropped(quiet);
  const stopped = closed ?? quiet;
  if (stopped === null) return null;

  const freeAt = firstFreeInstant(campaign, person, at);
  if (freeAt === null) {
    return dropped({ reason: 'quiet_hours', evidence: { at: isoInstant(at), neverFree: true } });
  }
  const ended = afterEnd(campaign, person, freeAt);
  if (ended !== null) {
    const heldFor = closed === null ? 'quietHours' : 'window';
    return dropped({ reason: 'after_end', evidence: { ...ended, heldFor } });
  }
  const because = closed === null ? 'quiet_hours' : 'window';
  return { kind: 'hold', until: freeAt, because, evidence: stopped.evidence };
}

/** The first instant from `at` on inside the window and outside the quiet hours; null when there seems to be none. */
function firstFreeInstant({ window, quietHours }: Campaign, person: Person, at: number): number | null {
  const zoneOf = (hours: { readonly zone: ZoneRule }) =>
    resolveZone(hours.zone, person.facts.profile.timeZone, person.workspace);
  let free = at;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const before = free;
    if (window !== null && !isInsideWindow(window, free, zoneOf(window))) {
      free = nextWindowOpening(window, free, zoneOf(window));
    }
    if (quietHours !== null) free = endOfHours(quietHours, free, zoneOf(quietHours));
    if (free === before) return free;
  }
  return null;
}

function afterEnd({ duration }: Campaign, { facts, workspace }: Person, at: number): Evidence | null {
  if (duration === null) return null;
  const zone = resolveZone(duration.zone, facts.profile.timeZone, workspace);
  const { endsAt } = durationBounds(duration, zone);
  if (endsAt === null || at < endsAt) return null;
  return { at: isoInstant(at), endsAt: isoInstant(endsAt), zone };
}

function dropped(stopped: Stopped): Verdict {
  return { kind: 'end', outcome: 'dropped', ...stopped };
}
