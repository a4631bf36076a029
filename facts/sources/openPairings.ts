import {
  CUT_PAIRINGS,
  FITS,
  type OpenPairingBody,
  type OpenPairingsRequest,
  PAGE_ROWS,
  PAIRING_BODY,
  type PageRow,
} from '../../storage/queries/events/storedHistory.js';
import type { FactSource } from './factSource.js';

export interface OpenAsked {
  /** What waits in campaigns that one of the events may be an exception of; its first page. */
  readonly open?: OpenPairingsRequest;
}

export interface OpenFact extends PageRow {
  readonly fact: 'open';
  readonly body: OpenPairingBody;
}

export const openSource: FactSource<OpenAsked> = {
  kind: 'open',
  sql({ open }, parameters) {
    if (open === undefined || open.userIds.length === 0 || open.campaignIds.length === 0) return null;
    return `
      select 'open' as fact, e.user_id, ${PAIRING_BODY} as body, e.found, e.bytes
      from (
        with a as (select ${parameters.add(open.keys, 'text[]')} as keys), w as (
          select p.*
          from pairings p
          join campaigns c on c.id = p.campaign_id and c.generation = p.generation
          where p.user_id = any(${parameters.add(open.userIds, 'bigint[]')})
            and p.campaign_id = any(${parameters.add(open.campaignIds, 'bigint[]')}) and p.state = 'waiting'
          order by p.user_id, p.id
          limit ${PAGE_ROWS}
        )
        select * from ${CUT_PAIRINGS}
      ) e
      where ${FITS}
    `;
  },
};
