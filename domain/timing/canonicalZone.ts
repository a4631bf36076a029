// Which text names a time zone, whatever the Node that runs: the names of the IANA database, and the names that Rails
// has for some of them. Abbreviations such as BST name several zones at once and offsets have no summer time: neither
// is a name here, though ICU, on which `Intl` rests, takes both.
import { IANAZone } from 'luxon';
import { RAILS_ZONES } from './railsZones.js';

/** All names of the IANA database without a slash. It adds no more of them. */
const IANA_WITHOUT_SLASH: ReadonlySet<string> = new Set(
  (
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran ' +
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK ' +
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu'
  )
    .toLowerCase()
    .split(' '),
);

/** `SystemV/…` are names of ICU's own. */
const IANA_WITH_SLASH = /^(?!systemv\/)[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+)+$/i;
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

function isIanaName(name: string): boolean {
  const hasForm = name.includes('/') ? IANA_WITH_SLASH.test(name) : IANA_WITHOUT_SLASH.has(name.toLowerCase());
  return hasForm && IANAZone.isValidZone(name);
}
