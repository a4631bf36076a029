import type { SegmentState } from '../../../domain/audience/segment/lifecycle.js';
import type { SegmentDefinition } from '../../../domain/audience/segment/segment.js';
import { instant, type Queryable } from '../../pool.js';

// One number for all segments: they change rarely, and what one change reads of others must not change meanwhile.
const LOCK = `select pg_advisory_xact_lock(7276042)`;
const SHARE = `select pg_advisory_xact_lock_shared(7276042)`;

/** For whoever changes a segment: the only one until the transaction ends. Taken before any row is locked. */
export async function lockSegments(tx: Queryable): Promise<void> {
  await tx.query({ name: 'lockSegments', text: LOCK });
}

/** For whoever changes what refers to segments: none of them changes until the transaction ends. Taken before any row is locked. */
export async function holdSegments(tx: Queryable): Promise<void> {
  await tx.query({ name: 'holdSegments', text: SHARE });
}

const INSERT = `
  with segment as (
    insert into segments (key, name, tags, track_size, segment_keys, created_at, updated_at)
    values ($1::text, $2::text, $3::text[], $4::boolean, $5::text[], $8::timestamptz, $8::timestamptz)
    on conflict (key) do nothing
    returning id
  )
  insert into segment_versions (segment_id, version, definition, definition_hash, created_at)
  select id, 1, $6::jsonb, $7::text, $8::timestamptz from segment
`;

export interface SegmentWritten {
  readonly definition: SegmentDefinition;
  readonly canonicalJson: string;
  readonly definitionHash: string;
  /** Those that its audience names. */
  readonly segmentKeys: readonly string[];
}

/** At version 1; false: the key is taken. */
export async function insertSegment(tx: Queryable, written: SegmentWritten, now: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'insertSegment',
    text: INSERT,
    values: [written.definition.key, ...columnsOf(written), instant(now)],
  });
  return rowCount === 1;
}

const UPDATE = `
  with segment as (
    update segments set
      name = $2::text, tags = $3::text[], track_size = $4::boolean, segment_keys = $5::text[], version = version + 1,
      updated_at = $8::timestamptz
    where key = $1::text
    returning id, version
  )
  insert into segment_versions (segment_id, version, definition, definition_hash, created_at)
  select id, version, $6::jsonb, $7::text, $8::timestamptz from segment
`;

/** The next version, under the lock of segments. */
export async function updateSegment(tx: Queryable, written: SegmentWritten, now: number): Promise<void> {
  await tx.query({
    name: 'updateSegment',
    text: UPDATE,
    values: [written.definition.key, ...columnsOf(written), instant(now)],
  });
}

function columnsOf({ definition, segmentKeys, canonicalJson, definitionHash }: SegmentWritten): readonly unknown[] {
  const { name, tags, trackSize } = definition;
  return [name, tags, trackSize, segmentKeys, canonicalJson, definitionHash];
}

const STATE = `update segments set state = $2::text, updated_at = $3::timestamptz where key = any($1::text[])`;

export async function setSegmentStates(
  tx: Queryable,
  { keys, state }: { readonly keys: readonly string[]; readonly state: SegmentState },
  now: number,
): Promise<void> {
  await tx.query({ name: 'setSegmentStates', text: STATE, values: [keys, state, instant(now)] });
}
