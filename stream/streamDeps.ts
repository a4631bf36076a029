import type { Workspace } from '../domain/workspace.js';
import type { CampaignIndexCache } from './campaignIndex.js';

export interface StreamDeps {
  readonly workspace: Workspace;
  readonly campaigns: CampaignIndexCache;
}
