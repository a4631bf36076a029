import type { Receipt } from '../../domain/decision/gates/gates.js';
import { epochMs, type FactSource, NO_PAGE } from './factSource.js';

export interface ReceiptsAsked {
  readonly receipts?: {
    readonly userIds: readonly number[];
    readonly campaignIds: readonly number[];
    /** Whose own messages do not count: once one of its channels is received, the others are part of that receipt. */
    readonly exceptPairings?: readonly number[];
  };
}

/** There may be several of a campaign: the later one counts. */
export interface ReceiptFact {
  readonly fact: 'receipt';
  readonly body: { readonly campaignId: number } & Required<Receipt>;
}

/** A send of unknown outcome counts as received. */
export const receiptsSource: FactSource<ReceiptsAsked> = {
  kind: 'receipt',
  sql({ receipts }, parameters) {
    if (receipts === undefined || receipts.userIds.length === 0 || receipts.campaignIds.length === 0) return null;
    const userIds = parameters.add(receipts.userIds, 'bigint[]');
    const campaignIds = parameters.add(receipts.campaignIds, 'bigint[]');
    const except = parameters.add(receipts.exceptPairings ?? [], 'bigint[]');
    return `
      select 'receipt' as fact, r.user_id, jsonb_build_object(
        'campaignId', r.campaign_id, 'lastAt', ${epochMs('r.last_at')},
        'countsFrom', ${epochMs('coalesce(r.counts_from, r.last_at)')}
      ) as body, ${NO_PAGE}
      from receipts r
      where r.user_id = any(${userIds}) and r.campaign_id = any(${campaignIds})
      union all
      select 'receipt', m.user_id, jsonb_build_object(
        'campaignId', m.campaign_id, 'lastAt', ${epochMs('m.claimed_at')},
        'countsFrom', ${epochMs('counted_instant(coalesce(o.planned_at, o.due_at), m.claimed_at)')}
      ), ${NO_PAGE}
      from messages m
      join pairings o on o.id = m.pairing_id
      where m.user_id = any(${userIds}) and m.campaign_id = any(${campaignIds}) and m.state = 'unknown'
        and m.pairing_id <> all(${except})
    `;
  },
};
