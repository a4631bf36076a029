import type { EventKind, StreamEvent } from '../../domain/event/streamEvent.js';
import type { JsonObject } from '../../domain/json.js';
import { instant, type Queryable } from '../pool.js';

/** Kinds of which every event is meant, and single events as `kind:name`. */
export interface EventNames {
  readonly kinds: readonly EventKind[];
  readonly keys: readonly string[];
}

export interface SimulatedEventsRequest {
  /** Received at or after. */
  readonly from: number;
  /** Received before. */
  readonly to: number;
  /** Only people with one of these in the period are read. */
  readonly triggers: EventNames;
  /** With a trigger on a change of the profile: the field. */
  readonly triggerField: string | null;
  readonly wanted: EventNames;
  /** These also from before the period: a trigger that arrives late may find them (AB-38). */
  readonly stored: EventNames;
  readonly storedFrom: number;
}

interface Row {
  readonly seq: number;
  readonly user_id: number;
  readonly kind: EventKind;
  readonly name: string;
  readonly time: number;
  readonly received_at: number;
  readonly properties: JsonObject;
  readonly isWholeSecond: boolean;
}

// One pass over the period in the order of its primary key, then one sort, which spills to disk beyond work_mem: memory
// stays flat here and there, and nothing is looked up person by person.
const SQL = `
  select e.seq, e.user_id, e.kind, e.name, e.time, e.received_at, e.properties,
    e.whole_second as "isWholeSecond"
  from events e
  where e.received_at >= $9::timestamptz and e.received_at < $2::timestamptz
    and (
      (e.received_at >= $1::timestamptz and (e.kind = any($5::text[]) or e.kind || ':' || e.name = any($6::text[])))
      or (e.received_at < $1::timestamptz and (e.kind = any($7::text[]) or e.kind || ':' || e.name = any($8::text[])))
    )
    and e.user_id in (
      select t.user_id from events t
      where t.received_at >= $1::timestamptz and t.received_at < $2::timestamptz
        and (t.kind = any($3::text[]) or t.kind || ':' || t.name = any($4::text[]))
        and ($10::text is null or t.properties ? $10::text)
    )
  order by e.user_id, e.received_at, e.seq
`;

/** Opens a cursor over the events, one person after the other, each in the order of recording. */
export async function openSimulatedEvents(tx: Queryable, request: SimulatedEventsRequest): Promise<void> {
  const { triggers, wanted, stored } = request;
  await tx.query(`declare simulated_events no scroll cursor for ${SQL}`, [
    instant(request.from),
    instant(request.to),
    triggers.kinds,
    triggers.keys,
    wanted.kinds,
    wanted.keys,
    stored.kinds,
    stored.keys,
    instant(request.storedFrom),
    request.triggerField,
  ]);
}

/** Fewer than asked: these were the last. */
export async function fetchSimulatedEvents(tx: Queryable, count: number): Promise<readonly StreamEvent[]> {
  const { rows } = await tx.query<Row>(`fetch forward ${Math.trunc(count)} from simulated_events`);
  return rows.map(({ user_id, received_at, ...rest }) => ({ ...rest, userId: user_id, receivedAt: received_at }));
}
