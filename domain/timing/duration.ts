// The instants between which a campaign runs for one person (AB-40…42): start inclusive, end exclusive.
import type { CampaignDuration, Moment } from '../campaign/campaign.js';
import { parseLocal } from './instant.js';
import { firstInstantAt } from './localTime.js';

export interface DurationBounds {
  readonly startsAt: number | null;
  readonly endsAt: number | null;
}

export function durationBounds(duration: CampaignDuration, zone: string): DurationBounds {
  return { startsAt: instantOf(duration.start, zone), endsAt: instantOf(duration.end, zone) };
}

export function isBeforeStart(bounds: DurationBounds, at: number): boolean {
  return bounds.startsAt !== null && at < bounds.startsAt;
}

export function isAfterEnd(bounds: DurationBounds, at: number): boolean {
  return bounds.endsAt !== null && at >= bounds.endsAt;
}

function instantOf(moment: Moment | null, zone: string): number | null {
  if (moment === null) return null;
  if (moment.kind === 'instant') return moment.at;
  const localMs = parseLocal(moment.iso);
  if (localMs === null) throw new RangeError(`Not a local date-time: ${JSON.stringify(moment.iso)}.`);
  return firstInstantAt(localMs, zone);
}
