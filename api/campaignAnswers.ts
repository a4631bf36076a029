import { compileCampaign } from '../domain/campaign/compile.js';
import { definitionWarnings } from '../domain/campaign/definitionWarnings.js';
import { describeCampaign } from '../domain/campaign/describe.js';
import { allowedActions } from '../domain/campaign/lifecycle.js';
import { countPairings, type PairingCount } from '../storage/queries/countPairings.js';
import type { StoredCampaign } from '../storage/queries/storedCampaign.js';
import type { ApiDeps } from './deps.js';
import { iso } from './schemas/paging.js';

type Answering = Pick<ApiDeps, 'pool' | 'links'>;

/** A campaign as the API shows it: what it is, in a sentence, and where its people are. */
export async function campaignAnswer(deps: Answering, campaign: StoredCampaign): Promise<object> {
  const [summary] = await campaignSummaries(deps, [campaign]);
  const warnings = definitionWarnings(compileCampaign(campaign.definition));
  return { ...summary, warnings, definition: campaign.definition };
}

export async function campaignSummaries(
  { pool, links }: Answering,
  campaigns: readonly StoredCampaign[],
): Promise<readonly object[]> {
  const counts = await countPairings(
    pool,
    campaigns.map(({ id }) => id),
  );
  return campaigns.map((campaign) => ({
    key: campaign.key,
    name: campaign.name,
    state: campaign.state,
    allowedActions: allowedActions(campaign.state),
    version: campaign.version,
    activeSince: campaign.active_since === null ? null : iso(campaign.active_since),
    createdAt: iso(campaign.created_at),
    updatedAt: iso(campaign.updated_at),
    sentence: describeCampaign(compileCampaign(campaign.definition), campaign.name),
    definitionHash: campaign.definition_hash,
    counts: countsOf(counts.filter((count) => count.campaign_id === campaign.id)),
    waitingUrl: links.waitingUrl(campaign.key),
  }));
}

function countsOf(counts: readonly PairingCount[]) {
  const inState = (...states: readonly PairingCount['state'][]) =>
    counts.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
  const byReason = (outcome: PairingCount['outcome']): Readonly<Record<string, number>> =>
    Object.fromEntries(
      counts
        .filter((count) => count.outcome === outcome)
        .map(({ reason, count }): [string, number] => [reason ?? '', count]),
    );
  return {
    waiting: inState('waiting', 'sending', 'available'),
    parked: inState('parked'),
    sent: counts.filter(({ outcome }) => outcome === 'sent').reduce((sum, { count }) => sum + count, 0),
    cancelled: byReason('cancelled'),
    dropped: byReason('dropped'),
    failed: byReason('failed'),
    unknown: byReason('unknown'),
  };
}
