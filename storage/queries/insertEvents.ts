import type { StreamEvent } from '../../domain/event/streamEvent.js';
import { instant, type Queryable } from '../pool.js';

const SQL = `
  insert into events (seq, received_at, user_id, kind, name, time, properties)
  select seq, received_at, user_id, kind, name, time, properties
  from jsonb_to_recordset($1::jsonb) as e(
    seq bigint, received_at timestamptz, user_id bigint, kind text, name text, time timestamptz, properties jsonb
  )
`;

export async function insertEvents(tx: Queryable, events: readonly StreamEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    seq: event.seq,
    received_at: instant(event.receivedAt),
    user_id: event.userId,
    kind: event.kind,
    name: event.name,
    time: instant(event.time),
    properties: event.properties,
  }));
  await tx.query({ name: 'insertEvents', text: SQL, values: [JSON.stringify(rows)] });
}
