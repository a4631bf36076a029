import type { CampaignState } from '../../../domain/campaign/campaign.js';
import { instant, type Queryable } from '../../pool.js';

const SQL = `
  update campaigns set
    state = $2::text, generation = $3::int, active_since = $4::timestamptz, updated_at = $5::timestamptz
  where id = $1::bigint
`;

export interface NewCampaignState {
  readonly id: number;
  readonly state: CampaignState;
  readonly generation: number;
  readonly activeSince: number | null;
}

/** Under the campaign's lock. */
export async function setCampaignState(tx: Queryable, row: NewCampaignState, now: number): Promise<void> {
  const activeSince = row.activeSince === null ? null : instant(row.activeSince);
  await tx.query({
    name: 'setCampaignState',
    text: SQL,
    values: [row.id, row.state, row.generation, activeSince, instant(now)],
  });
}
