import type { EventKind } from '../../../domain/event/kinds.js';
import type { StreamEvent } from '../../../domain/event/streamEvent.js';
import type { JsonObject } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';
import { ASKED_OF_EVENT } from '../events/storedHistory.js';

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
  /** The properties that are looked at; of changes of the profile all are. */
  readonly keys: readonly string[];
}

interface Row {
  readonly bytes: number;
  readonly seq: number;
  readonly user_id: number;
  readonly kind: EventKind;
  readonly name: string;
  readonly time: number;
  readonly received_at: number;
  readonly properties: JsonObject | null;
  readonly isWholeSecond: boolean;
}

/** An event whose properties are left in the database where they are large. */
export interface SimulatedEvent extends Omit<StreamEvent, 'properties'> {
  readonly properties: JsonObject | null;
  /** Of the properties, about. */
  readonly bytes: number;
}

/** Larger properties do not come with the cursor, so that a fetch of it is small whatever it meets. */
const LARGE = 8_192;

// What is compressed is of unknown size until it is unpacked.
const PROPERTIES_OF_EVENT = `
  cross join lateral (
    select case when e.kind = 'attributes' then e.properties else ${ASKED_OF_EVENT} end as value offset 0
  ) p
  cross join lateral (
    select case
      when pg_column_compression(p.value) is null then pg_column_size(p.value) else octet_length(p.value::text)
    end as bytes offset 0
  ) s
`;

// One pass over the period in the order of its primary key, then one sort, which spills to disk beyond work_mem: memory
// stays flat here and there, and nothing is looked up person by person. What an import says of a person it says of all times, so
// that campaigns can be tried on history that came with today's profiles: its changes of profiles did not happen.
const SQL = `
  select e.seq, e.user_id, e.kind, e.name, e.time, e.received_at,
    case when s.bytes <= ${LARGE} then p.value end as properties, s.bytes,
    e.whole_second as "isWholeSecond"
  from (select $11::text[] as keys) a cross join events e ${PROPERTIES_OF_EVENT}
  where e.received_at >= $9::timestamptz and e.received_at < $2::timestamptz and not (e.imported and e.kind = 'attributes')
    and (
      (e.received_at >= $1::timestamptz and (e.kind = any($5::text[]) or e.kind || ':' || e.name = any($6::text[])))
      or (e.received_at < $1::timestamptz and (e.kind = any($7::text[]) or e.kind || ':' || e.name = any($8::text[])))
    )
    and e.user_id in (
      select t.user_id from events t
      where t.received_at >= $1::timestamptz and t.received_at < $2::timestamptz and not (t.imported and t.kind = 'attributes')
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
    request.keys,
  ]);
}

/** Fewer than asked: these were the last. */
export async function fetchSimulatedEvents(tx: Queryable, count: number): Promise<readonly SimulatedEvent[]> {
  const { rows } = await tx.query<Row>(`fetch forward ${Math.trunc(count)} from simulated_events`);
  return rows.map(({ user_id, received_at, ...rest }) => ({ ...rest, userId: user_id, receivedAt: received_at }));
}

const LEFT = `
  select e.seq, p.value as properties
  from (select $3::text[] as keys) a
  cross join unnest($1::timestamptz[], $2::bigint[]) as w(received_at, seq)
  join events e on e.received_at = w.received_at and e.seq = w.seq
  ${PROPERTIES_OF_EVENT}
`;

/** The properties that did not come with the cursor, by sequence number; the caller bounds their bytes. */
export async function selectLeftProperties(
  tx: Queryable,
  events: readonly SimulatedEvent[],
  keys: readonly string[],
): Promise<ReadonlyMap<number, JsonObject>> {
  const left = events.filter(({ properties }) => properties === null);
  if (left.length === 0) return new Map();
  const { rows } = await tx.query<{ seq: number; properties: JsonObject }>({
    name: 'selectLeftProperties',
    text: LEFT,
    values: [left.map(({ receivedAt }) => instant(receivedAt)), left.map(({ seq }) => seq), keys],
  });
  return new Map(rows.map(({ seq, properties }) => [seq, properties]));
}
