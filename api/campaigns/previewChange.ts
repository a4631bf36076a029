import { definitionWarnings } from '../../domain/campaign/checks/definitionWarnings.js';
import type { CampaignDefinition } from '../../domain/campaign/definition/definition.js';
import { type LifecycleAction, transition } from '../../domain/campaign/lifecycle.js';
import { referencesOf } from '../../domain/campaign/references.js';
import { describeCampaign } from '../../domain/campaign/words/describe.js';
import { RappelError } from '../../domain/errors.js';
import { type PreviewExample, type PreviewInput, previewEdit } from '../../simulation/previewEdit.js';
import { campaignFromRow } from '../../storage/queries/campaigns/campaignRow.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import type { StoredCampaign } from '../../storage/queries/campaigns/storedCampaign.js';
import { loadSegmentFilters } from '../../storage/queries/segments/segmentFilters.js';
import type { ApiDeps } from '../deps.js';
import { iso } from '../schemas/paging.js';
import { haveHoursChanged, noCampaign, notAllowed } from './changeCampaign.js';

/** `?preview=true`: what a change would do to the people who wait, refused where the change itself would be. */
export async function previewUpdate(deps: ApiDeps, definition: CampaignDefinition): Promise<object> {
  const before = await requireCampaign(deps, definition.key);
  if (before.state === 'archived')
    throw new RappelError('conflict', 'An archived campaign is final; duplicate it instead.');
  const segments = await loadSegmentFilters(deps.pool, referencesOf(definition).segments);
  return await preview(deps, {
    campaign: campaignFromRow({ ...before, name: definition.name, definition, segments }),
    releasesHolds: before.state === 'active' && haveHoursChanged(before.definition, definition),
  });
}

export async function previewState(deps: ApiDeps, key: string, action: LifecycleAction): Promise<object> {
  const before = await requireCampaign(deps, key);
  const next = transition(before.state, action);
  if (!next.ok) throw notAllowed(before, action, next.allowed);
  return await preview(deps, { campaign: { ...campaignFromRow(before), state: next.to }, releasesHolds: false });
}

async function requireCampaign(deps: ApiDeps, key: string): Promise<StoredCampaign> {
  const campaign = await findCampaign(deps.pool, key);
  if (campaign === null) throw noCampaign(key);
  return campaign;
}

async function preview(
  deps: ApiDeps,
  { campaign, releasesHolds }: Pick<PreviewInput, 'campaign' | 'releasesHolds'>,
): Promise<object> {
  const { workspace } = deps.stream;
  const now = await deps.clock();
  const { held, examples, ...counts } = await previewEdit(deps.pool, { campaign, releasesHolds, workspace, now });
  return {
    preview: true,
    key: campaign.key,
    state: campaign.state,
    sentence: describeCampaign(campaign, campaign.name),
    warnings: definitionWarnings(campaign),
    ...counts,
    held: {
      count: held.count,
      byReason: held.byReason,
      earliest: held.earliest === null ? null : iso(held.earliest),
      latest: held.latest === null ? null : iso(held.latest),
    },
    examples: examples.map(shown),
  };
}

function shown({ until, plannedFor, ...example }: PreviewExample) {
  return { ...example, plannedFor: iso(plannedFor), until: until === null ? null : iso(until) };
}
