import type { Filter } from '../../domain/audience/filter.js';
import type { SegmentDefinition } from '../../domain/audience/segment/segment.js';
import { type SegmentFilters, segmentsOf, withSegments } from '../../domain/audience/segmentsOf.js';
import { storedForm } from '../../domain/campaign/definition/parseDefinition.js';
import { RappelError } from '../../domain/errors.js';
import type { Queryable } from '../../storage/pool.js';
import { findMissingReferences } from '../../storage/queries/campaigns/findMissingReferences.js';
import {
  type CampaignNaming,
  campaignsNaming,
  loadSegmentFilters,
  segmentsNaming,
} from '../../storage/queries/segments/segmentFilters.js';
import type { SegmentWritten } from '../../storage/queries/segments/writeSegment.js';
import { requireFewFilters } from '../campaigns/changeCampaign.js';

/** What segments may name, and who names them (SG-05). */

/** As it is to be stored; refused where what it names, or what names it, would not allow it. */
export async function checked(db: Queryable, definition: SegmentDefinition): Promise<SegmentWritten> {
  const { key, audience } = definition;
  const segmentKeys = segmentsOf(audience);
  if (segmentKeys.includes(key)) throw new RappelError('conflict', `Segment '${key}' would name itself.`);
  await requireThere(db, `Segment '${key}'`, segmentKeys);
  const segments = await loadSegmentFilters(db, segmentKeys);
  for (const named of segmentKeys) requireNamable(key, named, segments);
  if (segmentKeys.length > 0) await requireNobodyNames(db, key);
  requireFewFilters(`Segment '${key}'`, audience, segments);
  await requireFewWhereNamed(db, key, { ...segments, [key]: audience });
  return { definition, segmentKeys, ...storedForm(definition) };
}

async function requireThere(db: Queryable, what: string, segments: readonly string[]): Promise<void> {
  const [missing] = await findMissingReferences(db, { campaigns: [], locations: [], segments });
  if (missing === undefined) return;
  throw new RappelError('conflict', `${what} refers to segment '${missing.key}', which does not exist or is archived.`);
}

/** SG-05: a segment that names others is named by none, so there are no cycles either. */
function requireNamable(key: string, named: string, segments: SegmentFilters): void {
  const filter = segments[named];
  if (filter === null || filter === undefined || segmentsOf(filter).length === 0) return;
  throw new RappelError(
    'conflict',
    `Segment '${key}' refers to segment '${named}', which refers to segments itself: one level is allowed.`,
  );
}

async function requireNobodyNames(db: Queryable, key: string): Promise<void> {
  const [naming] = await segmentsNaming(db, [key]);
  if (naming === undefined) return;
  throw new RappelError(
    'conflict',
    `Segment '${naming}' refers to segment '${key}', which so may refer to none: one level is allowed.`,
  );
}

async function requireFewWhereNamed(db: Queryable, key: string, filters: SegmentFilters): Promise<void> {
  const naming = await segmentsNaming(db, [key]);
  const ofThose = await loadSegmentFilters(db, naming);
  for (const other of naming) {
    const audience = ofThose[other];
    if (audience !== null && audience !== undefined)
      requireFewFilters(`Segment '${other}'`, audience, { ...ofThose, ...filters });
  }
  for await (const campaign of everyCampaignNaming(db, [key, ...naming])) {
    if (campaign.audience !== null)
      requireFewFilters(`Campaign '${campaign.key}'`, campaign.audience, { ...campaign.segments, ...filters });
  }
}

const PAGE = 200;

export async function* everyCampaignNaming(db: Queryable, keys: readonly string[]): AsyncGenerator<CampaignNaming> {
  let after = 0;
  for (;;) {
    const page = await campaignsNaming(db, { keys, after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

/** What refers to the segment: segments, and campaigns that name it or one of these; archived ones excepted. */
export async function naming(
  db: Queryable,
  key: string,
): Promise<{ readonly segments: readonly string[]; readonly campaigns: readonly CampaignNaming[] }> {
  const segments = await segmentsNaming(db, [key]);
  const campaigns: CampaignNaming[] = [];
  for await (const campaign of everyCampaignNaming(db, [key, ...segments])) campaigns.push(campaign);
  return { segments, campaigns };
}

/** The audience with the filters of the segments that it names; throws `conflict` where one of them does not exist. */
export async function resolved(db: Queryable, audience: Filter): Promise<Filter> {
  const keys = segmentsOf(audience);
  await requireThere(db, 'The audience', keys);
  const segments = await loadSegmentFilters(db, keys);
  requireFewFilters('The audience', audience, segments);
  return withSegments(audience, segments);
}
