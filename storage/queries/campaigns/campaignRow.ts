import type { Campaign, CampaignState } from '../../../domain/campaign/campaign.js';
import { compileCampaign } from '../../../domain/campaign/compile.js';
import type { CampaignDefinition } from '../../../domain/campaign/definition/definition.js';

/** A campaign joined with the definition of its current version, as every query that compiles one selects it. */
export interface CampaignRow {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: CampaignState;
  readonly active_since: number | null;
  readonly definition: CampaignDefinition;
}

export function campaignFromRow(row: CampaignRow): Campaign {
  return {
    ...compileCampaign(row.definition),
    id: row.id,
    key: row.key,
    name: row.name,
    version: row.version,
    generation: row.generation,
    state: row.state,
    activeSince: row.active_since,
  };
}
