import { instant, type Queryable } from '../pool.js';

// Sorted, so that two requests with the same keys cannot deadlock.
const SQL = `
  insert into event_keys (source_id, received_at)
  select source_id, $2::timestamptz from unnest($1::text[]) as k(source_id) order by source_id
  on conflict do nothing
  returning source_id
`;

/** Claims the keys; only those returned are new, the others name events recorded before. */
export async function insertEventKeys(
  tx: Queryable,
  sourceIds: readonly string[],
  receivedAt: number,
): Promise<ReadonlySet<string>> {
  if (sourceIds.length === 0) return new Set();
  const { rows } = await tx.query<{ source_id: string }>({
    name: 'insertEventKeys',
    text: SQL,
    values: [sourceIds, instant(receivedAt)],
  });
  return new Set(rows.map((row) => row.source_id));
}
