import type { StreamEvent } from '../../domain/event/streamEvent.js';
import type { Increment } from '../../domain/segment/addToFacts.js';
import { instant, type Queryable } from '../pool.js';

export interface StreamRow {
  readonly event: StreamEvent;
  /** What it raises: nothing, one counter, or for purchases that of the product and that of any, alike. */
  readonly increments: readonly Increment[];
}

// One statement: the rows are sent and parsed once for both tables. The counters in a fixed order, each once.
const SQL = `
  with happened as materialized (
    select * from jsonb_to_recordset($1::jsonb) as e(
      seq bigint, user_id bigint, kind text, name text, time timestamptz, properties jsonb,
      counted bigint, amount double precision, also text
    )
  ), streamed as (
    insert into events (seq, received_at, user_id, kind, name, time, properties)
    select seq, $2::timestamptz, user_id, kind, name, time, properties from happened
  )
  insert into event_totals as t (user_id, kind, name, count, amount, first_at, last_at)
  select h.user_id, h.kind, n.name, sum(h.counted), sum(coalesce(h.amount, 0)), min(h.time), max(h.time)
  from happened h
  cross join lateral unnest(case when h.also is null then array[h.name] else array[h.name, h.also] end) as n(name)
  where h.counted is not null
  group by h.user_id, h.kind, n.name
  order by h.user_id, h.kind, n.name
  on conflict (user_id, kind, name) do update set
    count = t.count + excluded.count,
    amount = t.amount + excluded.amount,
    first_at = least(t.first_at, excluded.first_at),
    last_at = greatest(t.last_at, excluded.last_at)
`;

/** Appends the events, received at `now`, and raises the counters. */
export async function recordStream(tx: Queryable, rows: readonly StreamRow[], now: number): Promise<void> {
  if (rows.length === 0) return;
  const happened = rows.map(({ event, increments: [first, second] }) => ({
    seq: event.seq,
    user_id: event.userId,
    kind: event.kind,
    name: event.name,
    time: instant(event.time),
    properties: event.properties,
    counted: first?.count,
    amount: first?.amount === 0 ? undefined : first?.amount,
    also: second?.name,
  }));
  await tx.query({ name: 'recordStream', text: SQL, values: [JSON.stringify(happened), instant(now)] });
}
