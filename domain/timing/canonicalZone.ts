// Which text names a time zone, whatever the Node that runs: the names of the IANA database, and the names that Rails
// has for some of them. Abbreviations such as BST name several zones at once and offsets have no summer time: neither
// is a name here, though ICU, on which `Intl` rests, takes both.
import { RAILS_ZONES } from './railsZones.js';
import { isIanaName } from './zoneNames.cjs';

const LONGEST_NAME = 64;

/** Names arrive from outside in any spelling, wrong ones too, so what is remembered of them is bounded. */
const MAX_REMEMBERED = 2_000;
const remembered = new Map<string, string | null>();

/** The IANA name of the zone, as written where it is one already; null when the text names no zone. */
export function canonicalZone(name: string): string | null {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  if (name.length > LONGEST_NAME) return null;
  const found = isIanaName(name) ? name : (RAILS_ZONES.get(name) ?? null);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(name, found);
  return found;
}
