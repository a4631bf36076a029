import type { SegmentState } from '../../../domain/audience/segment/lifecycle.js';
import type { SegmentDefinition } from '../../../domain/audience/segment/segment.js';
import type { Queryable } from '../../pool.js';

/** A segment with its current definition, as the segments resource shows it. */
export interface StoredSegment {
  readonly id: number;
  readonly key: string;
  readonly state: SegmentState;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly definition: SegmentDefinition;
  readonly definition_hash: string;
}

const SELECT = `
  select s.id, s.key, s.state, s.version, s.created_at, s.updated_at, v.definition, v.definition_hash
  from segments s
  join segment_versions v on v.segment_id = s.id and v.version = s.version
`;

const FIND = `${SELECT} where s.key = $1::text`;

export async function findSegment(db: Queryable, key: string): Promise<StoredSegment | null> {
  const { rows } = await db.query<StoredSegment>({ name: 'findSegment', text: FIND, values: [key] });
  return rows[0] ?? null;
}

const LIST = `
  ${SELECT}
  where ($1::bigint is null or s.id < $1::bigint) and ($2::text is null or s.state = $2::text)
    and ($3::text is null or s.tags @> array[$3::text])
    and ($4::text is null or position(lower($4::text) in lower(s.name || ' ' || s.key)) > 0)
  order by s.id desc
  limit $5::int
`;

export interface SegmentPage {
  /** Those older than this id; null: from the newest. */
  readonly beforeId: number | null;
  readonly state: SegmentState | null;
  readonly tag: string | null;
  /** A part of the name or key, in any letter case. */
  readonly name: string | null;
  readonly limit: number;
}

export async function listSegments(db: Queryable, page: SegmentPage): Promise<readonly StoredSegment[]> {
  const { beforeId, state, tag, name, limit } = page;
  const values = [beforeId, state, tag, name, limit];
  const { rows } = await db.query<StoredSegment>({ name: 'listSegments', text: LIST, values });
  return rows;
}

export interface SegmentVersion {
  readonly version: number;
  readonly created_at: number;
  readonly definition: SegmentDefinition;
}

const VERSIONS = `
  select v.version, v.created_at, v.definition
  from segments s
  join segment_versions v on v.segment_id = s.id
  where s.key = $1::text and ($2::int is null or v.version < $2::int)
  order by v.version desc
  limit $3::int
`;

/** Newest first. */
export async function listSegmentVersions(
  db: Queryable,
  { key, before, limit }: { readonly key: string; readonly before: number | null; readonly limit: number },
): Promise<readonly SegmentVersion[]> {
  const { rows } = await db.query<SegmentVersion>({
    name: 'listSegmentVersions',
    text: VERSIONS,
    values: [key, before, limit],
  });
  return rows;
}
