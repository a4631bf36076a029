import { CAMPAIGN_COLUMNS, type CampaignRow } from './campaignRow.js';

/** A campaign with its current definition, as the campaigns resource shows it. */
export interface StoredCampaign extends CampaignRow {
  readonly definition_hash: string;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The columns of it, of `campaigns c` joined with its current version `v`. */
export const STORED_CAMPAIGN = `${CAMPAIGN_COLUMNS}, v.definition_hash, c.created_at, c.updated_at`;
