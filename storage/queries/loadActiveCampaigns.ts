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

/** A stored definition that does not compile: of a newer release, or edited by hand. */
export interface BrokenCampaign {
  readonly id: number;
  readonly key: string;
  readonly error: Error;
}

export interface ActiveCampaigns {
  readonly revision: number;
  readonly campaigns: readonly Campaign[];
  /** They match nothing until mended, and harm no other. */
  readonly broken: readonly BrokenCampaign[];
}

export async function loadActiveCampaigns(tx: Queryable): Promise<ActiveCampaigns> {
  const { rows } = await tx.query<Row>({ name: 'loadActiveCampaigns', text: SQL });
  const first = rows[0];
  if (first === undefined) throw new Error('campaigns_revision is empty: migrate the database');
  const campaigns: Campaign[] = [];
  const broken: BrokenCampaign[] = [];
  for (const row of rows.filter((each): each is Row & CampaignRow => each.id !== null)) {
    try {
      campaigns.push(campaignOf(row));
    } catch (cause) {
      const error = new Error(`campaign ${row.id} (${row.key}) has a definition that does not compile`, { cause });
      broken.push({ id: row.id, key: row.key, error });
    }
  }
  return { revision: first.revision, campaigns, broken };
}
