import type { Campaign } from '../../domain/campaign/campaign.js';
import type { Queryable } from '../pool.js';
import { type CampaignRow, campaignOf } from './campaignRow.js';

type Row = { readonly revision: number } & { readonly [Column in keyof CampaignRow]: CampaignRow[Column] | null };

// One statement, so that the campaigns and the revision they are of cannot disagree.
const SQL = `
  select r.revision, c.id, c.key, c.name, c.version, c.generation, c.state, c.active_since, v.definition
  from campaigns_revision r
  left join campaigns c on c.state = 'active'
  left join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  order by c.id
`;

export async function loadActiveCampaigns(
  tx: Queryable,
): Promise<{ readonly revision: number; readonly campaigns: readonly Campaign[] }> {
  const { rows } = await tx.query<Row>({ name: 'loadActiveCampaigns', text: SQL });
  const first = rows[0];
  if (first === undefined) throw new Error('campaigns_revision is empty: migrate the database');
  const campaigns = rows.filter((row): row is Row & CampaignRow => row.id !== null).map(campaignOf);
  return { revision: first.revision, campaigns };
}
