// Which IANA zone a wall-clock rule is read in, and that zone's offset. Only this module and `canonicalZone` ask luxon;
// every zone is explicit, the process's own is never used.
import { IANAZone } from 'luxon';
import type { ZoneRule } from '../campaign/entry.js';
import type { Workspace } from '../workspace.js';
import { canonicalZone } from './canonicalZone.js';

/** Names arrive from outside in any spelling (Europe/Paris, europe/PARIS), so the cache is bounded. */
const MAX_CACHED_ZONES = 2_000;
const zones = new Map<string, IANAZone>();

function findZone(name: string): IANAZone | null {
  const cached = zones.get(name);
  if (cached !== undefined) return cached;
  if (canonicalZone(name) !== name) return null;
  if (zones.size >= MAX_CACHED_ZONES) zones.clear();
  const zone = IANAZone.create(name);
  zones.set(name, zone);
  return zone;
}

/** Whether it is an IANA name: what definitions and settings may say, and what profiles hold. */
export function isKnownZone(zone: string): boolean {
  return findZone(zone) !== null;
}

/** AB-55: a person without a (known) zone lives in the workspace's. */
export function resolveZone(rule: ZoneRule, personZone: string | null, workspace: Workspace): string {
  switch (rule.kind) {
    case 'workspace':
      return workspace.timeZone;
    case 'iana':
      return isKnownZone(rule.zone) ? rule.zone : workspace.timeZone;
    case 'user':
      return personZone !== null && isKnownZone(personZone) ? personZone : workspace.timeZone;
    default:
      return rule satisfies never;
  }
}

/** The zone whose clock a person lives by: their own, or the workspace's where theirs is not known (AB-55). */
export function zoneOfPerson(personZone: string | null, workspace: Workspace): string {
  return resolveZone({ kind: 'user' }, personZone, workspace);
}

/** Milliseconds to add to an instant to read the zone's wall clock. Throws on a zone that is not known. */
export function zoneOffsetMs(zone: string, at: number): number {
  const found = findZone(zone);
  if (found === null)
    throw new RangeError(`Unknown time zone ${JSON.stringify(zone)}: expected an IANA name such as Europe/Paris.`);
  return Math.round(found.offset(at) * 60_000);
}
