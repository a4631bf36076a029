import { type FactSource, NO_PAGE } from './factSource.js';

export interface WaitingAsked {
  /** People who may enter, and wait for too much (AB-19). */
  readonly waiting?: { readonly userIds: readonly number[] };
}

export interface WaitingFact {
  readonly fact: 'waiting';
  readonly body: { readonly campaignId: number; readonly count: number };
}

export const waitingSource: FactSource<WaitingAsked> = {
  kind: 'waiting',
  sql({ waiting }, parameters) {
    if (waiting === undefined || waiting.userIds.length === 0) return null;
    return `
      select 'waiting' as fact, w.user_id,
        jsonb_build_object('campaignId', w.campaign_id, 'count', w.count) as body, ${NO_PAGE}
      from (
        select user_id, campaign_id, count(*) from pairings
        where user_id = any(${parameters.add(waiting.userIds, 'bigint[]')}) and state = 'waiting'
        group by user_id, campaign_id
      ) w
    `;
  },
};
