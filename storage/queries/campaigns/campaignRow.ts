import type { SegmentFilters } from '../../../domain/audience/segmentsOf.js';
import type { Campaign, CampaignState } from '../../../domain/campaign/campaign.js';
import { compileCampaign } from '../../../domain/campaign/compile.js';
import type { CampaignDefinition } from '../../../domain/campaign/definition/definition.js';

/** A campaign joined with the definition of its current version, as every query that compiles one selects it. */
export interface CampaignRow {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly revision: number;
  readonly generation: number;
  readonly state: CampaignState;
  readonly active_since: number | null;
  /** What the segments stand for that its audience names. */
  readonly segments: SegmentFilters;
  readonly definition: CampaignDefinition;
}

/** The columns of it, of `campaigns c` joined with its current version `v`. */
export const CAMPAIGN_COLUMNS = `
  c.id, c.key, c.name, c.version, c.revision, c.generation, c.state, c.active_since, c.segments, v.definition
`;

export function campaignFromRow(row: CampaignRow): Campaign {
  return {
    ...compileCampaign(row.definition, row.segments),
    id: row.id,
    key: row.key,
    name: row.name,
    version: row.version,
    revision: row.revision,
    generation: row.generation,
    state: row.state,
    activeSince: row.active_since,
  };
}
