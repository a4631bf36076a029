import type { Outcome, Reason } from '../../domain/decision/reasons.js';
import type { Queryable } from '../pool.js';

// Those of an older generation count as cancelled at once, though the sweep has yet to settle them (LC-04); one whose
// dispatch has begun finishes first.
const SQL = `
  select
    p.campaign_id,
    case when s.is_closing then 'done' else p.state end as state,
    case when s.is_closing then 'cancelled' else p.outcome end as outcome,
    case when s.is_closing then 'campaign_stopped' else p.reason end as reason,
    count(*) as count
  from pairings p
  join campaigns c on c.id = p.campaign_id
  cross join lateral (
    select p.state in ('waiting', 'parked') and p.generation < c.generation as is_closing
  ) s
  where p.campaign_id = any($1::bigint[])
  group by 1, 2, 3, 4
`;

export interface PairingCount {
  readonly campaign_id: number;
  readonly state: 'waiting' | 'sending' | 'available' | 'parked' | 'done';
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  readonly count: number;
}

/** How many people of each campaign are where. */
export async function countPairings(db: Queryable, campaignIds: readonly number[]): Promise<readonly PairingCount[]> {
  const { rows } = await db.query<PairingCount>({ name: 'countPairings', text: SQL, values: [campaignIds] });
  return rows;
}
