/** What segments stand for, and who refers to them. */
import type { Filter } from '../../../domain/audience/filter.js';
import type { SegmentFilters } from '../../../domain/audience/segmentsOf.js';
import type { CampaignState } from '../../../domain/campaign/campaign.js';
import type { Queryable } from '../../pool.js';

// An archived one stands for what it stood for: what is archived with it can still be explained.
const FILTERS = `
  with named as (
    select s.id, s.key, s.version, s.segment_keys from segments s where s.key = any($1::text[])
  ), all_of_them as (
    select id, key, version from named
    union
    select s.id, s.key, s.version from named n join segments s on s.key = any(n.segment_keys)
  )
  select a.key, v.definition->'audience' as audience
  from all_of_them a
  join segment_versions v on v.segment_id = a.id and v.version = a.version
`;

/** Of these keys and of those that they name themselves; null where there is none of that key. */
export async function loadSegmentFilters(db: Queryable, keys: readonly string[]): Promise<SegmentFilters> {
  if (keys.length === 0) return {};
  const { rows } = await db.query<{ key: string; audience: Filter }>({
    name: 'loadSegmentFilters',
    text: FILTERS,
    values: [keys],
  });
  const found = rows.map(({ key, audience }) => [key, audience] as const);
  return { ...Object.fromEntries(keys.map((key) => [key, null])), ...Object.fromEntries(found) };
}

const NAMING = `select key from segments where segment_keys && $1::text[] and state = 'active' order by key`;

/** Keys of the segments that name one of these. */
export async function segmentsNaming(db: Queryable, keys: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ key: string }>({ name: 'segmentsNaming', text: NAMING, values: [keys] });
  return rows.map(({ key }) => key);
}

export interface CampaignNaming {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly state: CampaignState;
  readonly audience: Filter | null;
  readonly segments: SegmentFilters;
  readonly recheckAudience: boolean;
}

const CAMPAIGNS = `
  select c.id, c.key, c.name, c.state, v.definition->'audience' as audience, c.segments,
    coalesce((v.definition->>'recheckAudience')::boolean, false) as "recheckAudience"
  from campaigns c
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  where c.segment_keys && $1::text[] and c.state <> 'archived' and c.id > $2::bigint
  order by c.id
  limit $3::int
`;

/** The campaigns whose audiences name one of these segments, archived ones excepted, by id. */
export async function campaignsNaming(
  db: Queryable,
  { keys, after, limit }: { readonly keys: readonly string[]; readonly after: number; readonly limit: number },
): Promise<readonly CampaignNaming[]> {
  const values = [keys, after, limit];
  const { rows } = await db.query<CampaignNaming>({ name: 'campaignsNaming', text: CAMPAIGNS, values });
  return rows;
}

// In the order of ids, as whoever changes several campaigns locks them.
const REPLACE = `
  with named as (
    select c.id from campaigns c
    where c.segment_keys && $1::text[] and c.state <> 'archived'
    order by c.id
    for no key update
  )
  update campaigns c set segments = c.segments || $2::jsonb from named n where c.id = n.id
`;

/** Tells the campaigns that name one of `keys` what these stand for now, under the lock of segments. */
export async function replaceSegmentFilters(
  tx: Queryable,
  { keys, filters }: { readonly keys: readonly string[]; readonly filters: SegmentFilters },
): Promise<void> {
  await tx.query({ name: 'replaceSegmentFilters', text: REPLACE, values: [keys, JSON.stringify(filters)] });
}

const OF_CAMPAIGN = `
  update campaigns set segment_keys = $2::text[], segments = $3::jsonb, tags = $4::text[] where id = $1::bigint
`;

/** Under the lock of the campaign, with segments held. */
export async function setCampaignSegments(
  tx: Queryable,
  row: {
    readonly id: number;
    readonly keys: readonly string[];
    readonly segments: SegmentFilters;
    readonly tags: readonly string[];
  },
): Promise<void> {
  const { id, keys, segments, tags } = row;
  await tx.query({
    name: 'setCampaignSegments',
    text: OF_CAMPAIGN,
    values: [id, keys, JSON.stringify(segments), tags],
  });
}
