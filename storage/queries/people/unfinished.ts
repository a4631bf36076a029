/** What a transaction leaves to do for one person, see migration 23. */
import type { StreamEvent } from '../../../domain/event/streamEvent.js';
import { instant, type Queryable } from '../../pool.js';

export interface Unfinished {
  readonly userId: number;
  readonly kind: 'exception' | 'zone';
  /** Of an exception. */
  readonly event: Pick<StreamEvent, 'seq' | 'receivedAt'> | null;
  readonly afterId: number;
}

const INSERT = `
  insert into unfinished (user_id, kind, event_seq, event_received_at, after_id)
  select user_id, kind, event_seq, event_received_at, after_id
  from jsonb_to_recordset($1::jsonb) as u(
    user_id bigint, kind text, event_seq bigint, event_received_at timestamptz, after_id bigint
  )
`;

export async function insertUnfinished(tx: Queryable, left: readonly Unfinished[]): Promise<void> {
  if (left.length === 0) return;
  const rows = left.map(({ userId, kind, event, afterId }) => ({
    user_id: userId,
    kind,
    event_seq: event?.seq ?? null,
    event_received_at: event === null ? null : instant(event.receivedAt),
    after_id: afterId,
  }));
  await tx.query({ name: 'insertUnfinished', text: INSERT, values: [JSON.stringify(rows)] });
}

export interface UnfinishedRow {
  readonly id: number;
  readonly user_id: number;
}

// What was tried last comes last: one that fails each time holds up no other.
const NEXT = `
  update unfinished set tried_at = clock_timestamp()
  where id = (select id from unfinished order by tried_at nulls first, id limit 1 for update skip locked)
  returning id, user_id
`;

/** Who is to be gone on with; null: nobody. */
export async function nextUnfinished(db: Queryable): Promise<UnfinishedRow | null> {
  const { rows } = await db.query<UnfinishedRow>({ name: 'nextUnfinished', text: NEXT, values: [] });
  return rows[0] ?? null;
}

const READ = `
  select u.user_id, u.kind, u.after_id,
    case when e.seq is not null then jsonb_build_object(
      'seq', e.seq, 'userId', e.user_id, 'kind', e.kind, 'name', e.name, 'properties', e.properties,
      'time', (extract(epoch from e.time) * 1000)::bigint, 'isWholeSecond', e.whole_second,
      'receivedAt', (extract(epoch from e.received_at) * 1000)::bigint
    ) end as event
  from unfinished u
  left join events e on e.received_at = u.event_received_at and e.seq = u.event_seq
  where u.id = $1::bigint
`;

export interface LeftToDo {
  readonly user_id: number;
  /** `erased`: the person was deleted, see `stream/identity/erasePeople.ts`. */
  readonly kind: Unfinished['kind'] | 'erased';
  readonly after_id: number;
  /** Null: of no event, or it is no longer kept. */
  readonly event: StreamEvent | null;
}

/** How far it has come, under the lock of the person; null: another process has finished it. */
export async function readUnfinished(tx: Queryable, id: number): Promise<LeftToDo | null> {
  const { rows } = await tx.query<LeftToDo>({ name: 'readUnfinished', text: READ, values: [id] });
  return rows[0] ?? null;
}

const ADVANCE = `update unfinished set after_id = $2::bigint where id = $1::bigint`;
const FINISH = `delete from unfinished where id = $1::bigint`;

/** `afterId` null: nothing is left. */
export async function advanceUnfinished(tx: Queryable, id: number, afterId: number | null): Promise<void> {
  if (afterId === null) await tx.query({ name: 'finishUnfinished', text: FINISH, values: [id] });
  else await tx.query({ name: 'advanceUnfinished', text: ADVANCE, values: [id, afterId] });
}
