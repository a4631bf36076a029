import type { CampaignState } from '../../../domain/campaign/campaign.js';
import type { Queryable } from '../../pool.js';
import { STORED_CAMPAIGN, type StoredCampaign } from './storedCampaign.js';

const SQL = `
  select ${STORED_CAMPAIGN}
  from campaigns c
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  where ($1::bigint is null or c.id < $1::bigint) and ($2::text is null or c.state = $2::text)
    and ($4::text is null or position(lower($4::text) in lower(c.name || ' ' || c.key)) > 0)
    and ($5::text is null or c.tags @> array[$5::text])
  order by c.id desc
  limit $3::int
`;

export interface CampaignPage {
  /** Those older than this id; null: from the newest. */
  readonly beforeId: number | null;
  readonly state: CampaignState | null;
  /** A part of the name or key, in any letter case. */
  readonly name: string | null;
  readonly tag: string | null;
  readonly limit: number;
}

export async function listCampaigns(db: Queryable, page: CampaignPage): Promise<readonly StoredCampaign[]> {
  const { beforeId, state, name, tag, limit } = page;
  const { rows } = await db.query<StoredCampaign>({
    name: 'listCampaigns',
    text: SQL,
    values: [beforeId, state, limit, name, tag],
  });
  return rows;
}
