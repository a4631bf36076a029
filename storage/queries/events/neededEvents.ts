/** Who needs old events: the audiences there are, and the people who wait. */
import type { Filter } from '../../../domain/audience/filter.js';
import type { SegmentFilters } from '../../../domain/audience/segmentsOf.js';
import { instant, type Queryable } from '../../pool.js';

export interface StoredAudience {
  readonly id: number;
  readonly kind: 'campaign' | 'segment';
  readonly key: string;
  readonly audience: Filter;
  /** What the segments stand for that it names; empty of a segment, as each of these stands for itself. */
  readonly segments: SegmentFilters;
}

export interface IdPage {
  /** An id: those behind it. */
  readonly after: number;
  readonly limit: number;
}

const CAMPAIGNS = `
  select c.id, 'campaign' as kind, c.key, v.definition->'audience' as audience, c.segments
  from campaigns c
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  where c.state <> 'archived' and v.definition ? 'audience' and c.id > $1::bigint
  order by c.id
  limit $2::int
`;

const SEGMENTS = `
  select s.id, 'segment' as kind, s.key, v.definition->'audience' as audience, '{}'::jsonb as segments
  from segments s
  join segment_versions v on v.segment_id = s.id and v.version = s.version
  where s.state <> 'archived' and s.id > $1::bigint
  order by s.id
  limit $2::int
`;

/** A page, by id, of the audiences of all campaigns that are not archived, drafts included: they may be launched as they are. */
export async function audiencesOfCampaigns(
  db: Queryable,
  { after, limit }: IdPage,
): Promise<readonly StoredAudience[]> {
  const { rows } = await db.query<StoredAudience>({
    name: 'audiencesOfCampaigns',
    text: CAMPAIGNS,
    values: [after, limit],
  });
  return rows;
}

/** The same of segments. */
export async function audiencesOfSegments(db: Queryable, { after, limit }: IdPage): Promise<readonly StoredAudience[]> {
  const { rows } = await db.query<StoredAudience>({
    name: 'audiencesOfSegments',
    text: SEGMENTS,
    values: [after, limit],
  });
  return rows;
}

// Before a message is sent its exceptions are looked for in all that was stored since its trigger (AB-37, AB-38).
const WAITING = `
  select c.key, count(*) as people
  from pairings p join campaigns c on c.id = p.campaign_id
  where p.state in ('waiting', 'sending', 'parked') and p.trigger_time < $1::timestamptz
  group by c.key
  order by c.key
`;

export interface WaitingSince {
  readonly key: string;
  readonly people: number;
}

/** The campaigns in which people wait since before the instant, with how many. */
export async function waitingSince(db: Queryable, before: number): Promise<readonly WaitingSince[]> {
  const { rows } = await db.query<WaitingSince>({ name: 'waitingSince', text: WAITING, values: [instant(before)] });
  return rows;
}
