import type { AskedAt } from '../../domain/audience/askedAt.js';
import { namesOfAudience } from '../../domain/audience/askedNames.js';
import type { Filter } from '../../domain/audience/filter.js';
import type { SegmentAction } from '../../domain/audience/segment/lifecycle.js';
import type { SegmentDefinition } from '../../domain/audience/segment/segment.js';
import { withSegments } from '../../domain/audience/segmentsOf.js';
import { audiencePage } from '../../segments/audiencePage.js';
import { audienceSize } from '../../segments/audienceSize.js';
import { previewEdit } from '../../simulation/previewEdit.js';
import { campaignFromRow } from '../../storage/queries/campaigns/campaignRow.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { funnelsOf } from '../../storage/queries/counts/campaignCounts.js';
import { type CampaignNaming, loadSegmentFilters } from '../../storage/queries/segments/segmentFilters.js';
import type { ApiDeps } from '../deps.js';
import { unseenNames } from '../unseenNames.js';
import { requireAction, requireActive, requireFewNaming, requireSegment } from './changeSegment.js';
import type { Everybody } from './everybody.js';
import { askedNow, COUNTED_WITHIN_MS, personOf } from './segmentPeople.js';
import { checked, naming } from './segmentRules.js';

/**
 * `?preview=true` of a change of a segment: who would be in it and who no longer, and which campaigns feel it. Refused where
 * the change itself would be; writes nothing.
 */
const EXAMPLES = 10;
const MOST_SHOWN = 100;
/** Campaigns whose waiting people are looked at, and for how long another one is begun: each takes a millisecond a person. */
const MOST_LOOKED_INTO = 20;
const LOOKING_MS = 20_000;

export async function previewSegmentEdit(
  deps: ApiDeps,
  everybody: Everybody,
  definition: SegmentDefinition,
): Promise<object> {
  const { pool } = deps;
  const before = await requireSegment(pool, definition.key);
  requireActive(before);
  const { segmentKeys } = await checked(pool, definition);
  const known = await loadSegmentFilters(pool, [definition.key, ...segmentKeys]);
  const was = withSegments(before.definition.audience, known);
  const is = withSegments(definition.audience, known);
  const askedAt = await askedNow(deps);
  const people = await everybody.ask(() => movedPeople(deps, { was, is, askedAt }));
  const { segments, campaigns } = await naming(pool, definition.key);
  const filters = { ...known, [definition.key]: definition.audience };
  return {
    preview: true,
    key: definition.key,
    version: before.version,
    warnings: await unseenNames(pool, namesOfAudience(definition.audience, 'audience')),
    people,
    segments,
    campaignCount: campaigns.length,
    campaigns: await shownCampaigns(deps, campaigns.slice(0, MOST_SHOWN), filters, askedAt.now),
  };
}

/** How many are in it before and after, how many come and go, and some of each; null: not told in time. */
async function movedPeople(
  { pool }: ApiDeps,
  { was, is, askedAt }: { readonly was: Filter; readonly is: Filter; readonly askedAt: AskedAt },
): Promise<object | null> {
  const sizes = [];
  for (const filter of [was, is, but(is, was), but(was, is)]) {
    const size = await audienceSize(pool, filter, { ...askedAt, timeoutMs: COUNTED_WITHIN_MS });
    if (size === null) return null;
    sizes.push(size);
  }
  const examples = async (filter: Filter) => {
    const page = await audiencePage(pool, filter, { ...askedAt, after: 0, limit: EXAMPLES });
    return page?.members.map(personOf) ?? [];
  };
  const [before, after, joining, leaving] = sizes.map(({ people }) => people);
  return {
    before,
    after,
    joining,
    leaving,
    about: sizes.some(({ drawn }) => drawn !== null),
    examples: { joining: await examples(but(is, was)), leaving: await examples(but(was, is)) },
  };
}

function but(filter: Filter, other: Filter): Filter {
  return { all: [filter, { not: other }] };
}

/** What becomes of those who wait, where the campaign asks again at the send: others keep whom they have. */
async function shownCampaigns(
  deps: ApiDeps,
  campaigns: readonly CampaignNaming[],
  filters: CampaignNaming['segments'],
  now: number,
): Promise<readonly object[]> {
  const funnels = await funnelsOf(deps.pool, campaigns);
  const deadline = performance.now() + LOOKING_MS;
  let lookedInto = 0;
  const shown = [];
  for (const { id, key, name, state, recheckAudience, segments } of campaigns) {
    const waiting = funnels.get(id)?.waiting ?? 0;
    const asksAgain = state === 'active' && recheckAudience && waiting > 0;
    if (asksAgain) lookedInto += 1;
    const isLookedInto = asksAgain && lookedInto <= MOST_LOOKED_INTO && performance.now() < deadline;
    const dropped = isLookedInto ? await droppedOf(deps, key, { ...segments, ...filters }, now) : null;
    shown.push({ key, name, state, recheckAudience, waiting, dropped });
  }
  return shown;
}

async function droppedOf(deps: ApiDeps, key: string, segments: CampaignNaming['segments'], now: number) {
  const stored = await findCampaign(deps.pool, key);
  if (stored === null) return null;
  const campaign = campaignFromRow({ ...stored, segments });
  const { workspace } = deps.stream;
  const { dropped, isComplete } = await previewEdit(deps.pool, { campaign, releasesHolds: false, workspace, now });
  return { ...dropped, isComplete };
}

/** What else would be archived, and how many people who wait would get nothing. */
export async function previewSegmentState(deps: ApiDeps, key: string, action: SegmentAction): Promise<object> {
  const before = await requireSegment(deps.pool, key);
  requireAction(before, action);
  if (action === 'restore') await checked(deps.pool, before.definition);
  const { segments, campaigns } = action === 'restore' ? { segments: [], campaigns: [] } : await naming(deps.pool, key);
  requireFewNaming(key, campaigns.length);
  const funnels = await funnelsOf(deps.pool, campaigns);
  return {
    preview: true,
    key,
    segments,
    campaigns: campaigns.map(({ id, key: of, name, state }) => {
      const waiting = funnels.get(id)?.waiting ?? 0;
      return { key: of, name, state, waiting };
    }),
  };
}
