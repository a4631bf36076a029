import { instant, type Queryable } from '../../pool.js';

const SQL = `
  insert into campaign_versions (campaign_id, version, definition, definition_hash, created_at)
  values ($1::bigint, $2::int, $3::jsonb, $4::text, $5::timestamptz)
`;

export interface NewCampaignVersion {
  readonly campaignId: number;
  readonly version: number;
  readonly canonicalJson: string;
  readonly definitionHash: string;
}

/** Versions are never changed nor removed. */
export async function insertCampaignVersion(tx: Queryable, row: NewCampaignVersion, now: number): Promise<void> {
  const { campaignId, version, canonicalJson, definitionHash } = row;
  await tx.query({
    name: 'insertCampaignVersion',
    text: SQL,
    values: [campaignId, version, canonicalJson, definitionHash, instant(now)],
  });
}
