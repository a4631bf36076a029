/** How many people segments had, a day each. */
import type { Filter } from '../../../domain/audience/filter.js';
import { instant, type Queryable } from '../../pool.js';

export interface SegmentSizeRow {
  /** The UTC day, as `2026-12-01`. */
  readonly day: string;
  /** The same as a number, for paging: 20261201. */
  readonly number: number;
  readonly people: number;
  readonly about: boolean;
}

const LIST = `
  select to_char(z.day, 'YYYY-MM-DD') as day, to_char(z.day, 'YYYYMMDD')::int as number, z.people, z.about
  from segments s
  join segment_sizes z on z.segment_id = s.id
  where s.key = $1::text and ($2::int is null or z.day < to_date($2::int::text, 'YYYYMMDD'))
  order by z.day desc
  limit $3::int
`;

/** Newest first; `before`: the number of a day, or null. */
export async function listSegmentSizes(
  db: Queryable,
  { key, before, limit }: { readonly key: string; readonly before: number | null; readonly limit: number },
): Promise<readonly SegmentSizeRow[]> {
  const values = [key, before, limit];
  const { rows } = await db.query<SegmentSizeRow>({ name: 'listSegmentSizes', text: LIST, values });
  return rows;
}

const UNSIZED = `
  select s.id, s.key, v.definition->'audience' as audience
  from segments s
  join segment_versions v on v.segment_id = s.id and v.version = s.version
  where s.track_size and s.state = 'active' and s.id > $2::bigint
    and not exists (select from segment_sizes z where z.segment_id = s.id and z.day = ($1::timestamptz at time zone 'UTC')::date)
  order by s.id
  limit 1
`;

export interface UnsizedSegment {
  readonly id: number;
  readonly key: string;
  readonly audience: Filter;
}

/** The next segment, by id, whose size is kept and was not today. */
export async function nextUnsizedSegment(
  db: Queryable,
  { now, after }: { readonly now: number; readonly after: number },
): Promise<UnsizedSegment | null> {
  const values = [instant(now), after];
  const { rows } = await db.query<UnsizedSegment>({ name: 'nextUnsizedSegment', text: UNSIZED, values });
  return rows[0] ?? null;
}

const INSERT = `
  insert into segment_sizes (segment_id, day, people, about)
  values ($1::bigint, ($2::timestamptz at time zone 'UTC')::date, $3::bigint, $4::boolean)
  on conflict do nothing
`;

export async function insertSegmentSize(
  db: Queryable,
  row: { readonly id: number; readonly now: number; readonly people: number; readonly about: boolean },
): Promise<void> {
  const { id, now, people, about } = row;
  await db.query({ name: 'insertSegmentSize', text: INSERT, values: [id, instant(now), people, about] });
}
