import type { Queryable } from '../../pool.js';
import { STORED_CAMPAIGN, type StoredCampaign } from './storedCampaign.js';

const SQL = `
  select ${STORED_CAMPAIGN}
  from campaigns c
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  where c.key = $1::text
`;

export async function findCampaign(db: Queryable, key: string): Promise<StoredCampaign | null> {
  const { rows } = await db.query<StoredCampaign>({ name: 'findCampaign', text: SQL, values: [key] });
  return rows[0] ?? null;
}
