import { namesOfCampaign } from '../../domain/campaign/askedNames.js';
import { definitionWarnings } from '../../domain/campaign/checks/definitionWarnings.js';
import { compileCampaign } from '../../domain/campaign/compile.js';
import { allowedActions } from '../../domain/campaign/lifecycle.js';
import { describeCampaign } from '../../domain/campaign/words/describe.js';
import type { Problem } from '../../domain/errors.js';
import type { StoredCampaign } from '../../storage/queries/campaigns/storedCampaign.js';
import { funnelsOf } from '../../storage/queries/counts/campaignCounts.js';
import type { ApiDeps } from '../deps.js';
import { iso } from '../schemas/paging.js';
import { unseenNames } from '../unseenNames.js';

type Answering = Pick<ApiDeps, 'pool' | 'links'>;

/** A campaign as the API shows it: what it is, in a sentence, and where its people are; with what is told of it elsewhere. */
export async function campaignAnswer(
  deps: Answering,
  campaign: StoredCampaign,
  told: readonly Problem[] | null = null,
): Promise<object> {
  const [summary] = await campaignSummaries(deps, [campaign]);
  return { ...summary, warnings: told ?? (await warningsOf(deps, campaign)), definition: campaign.definition };
}

async function warningsOf({ pool }: Answering, { definition, segments }: StoredCampaign): Promise<readonly Problem[]> {
  return [
    ...definitionWarnings(compileCampaign(definition, segments)),
    ...(await unseenNames(pool, namesOfCampaign(definition))),
  ];
}

export async function campaignSummaries(
  { pool, links }: Answering,
  campaigns: readonly StoredCampaign[],
): Promise<readonly object[]> {
  const funnels = await funnelsOf(pool, campaigns);
  return campaigns.map((campaign) => ({
    key: campaign.key,
    name: campaign.name,
    state: campaign.state,
    allowedActions: allowedActions(campaign.state),
    tags: campaign.definition.tags ?? [],
    version: campaign.version,
    activeSince: campaign.active_since === null ? null : iso(campaign.active_since),
    createdAt: iso(campaign.created_at),
    updatedAt: iso(campaign.updated_at),
    sentence: describeCampaign(compileCampaign(campaign.definition), campaign.name),
    definitionHash: campaign.definition_hash,
    counts: funnels.get(campaign.id),
    waitingUrl: links.waitingUrl(campaign.key),
  }));
}
