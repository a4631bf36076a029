/** What a waiting pairing reads as in the Temporal UI. Operators' own words and instants only: never personal data. */
import { DateTime } from 'luxon';
import type { Campaign } from '../campaign/campaign.js';
import type { EventMatcher } from '../event/matcher.js';

/** "Cart reminder: until 2026-12-01 11:00 UTC, unless any purchase". */
export function waitSummary(campaign: Pick<Campaign, 'name' | 'exceptions'>, until: number, zone: string): string {
  const when = DateTime.fromMillis(until, { zone }).toFormat(`yyyy-MM-dd HH:mm:ss '${zone}'`).replace(/:00 /, ' ');
  const unless = campaign.exceptions.map(nameOf).join(' or ');
  const sentence = `${campaign.name}: until ${when}${unless === '' ? '' : `, unless ${unless}`}`;
  // Temporal bounds a summary to 400 bytes.
  return sentence.length <= 200 ? sentence : `${sentence.slice(0, 199)}…`;
}

function nameOf({ kind, name, where }: EventMatcher): string {
  const filtered = where.length === 0 ? '' : ' (filtered)';
  switch (kind) {
    case 'purchase':
      return `${name === null ? 'any purchase' : `purchase of ${name}`}${filtered}`;
    case 'session':
      return 'a session start';
    case 'custom':
    case 'attributes':
    case 'received':
    case 'exceptionFired':
      return `${name ?? kind}${filtered}`;
  }
}
