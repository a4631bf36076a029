import { instant, type Queryable } from '../../pool.js';

// Sorted, so that two requests with the same keys cannot deadlock. A repeat of what an earlier release recorded has its
// former key there; such requests are not repeated for longer than a week.
const SQL = `
  insert into event_keys (source_id, received_at)
  select k.source_id, $3::timestamptz from unnest($1::text[], $2::text[]) as k(source_id, formerly)
  where not exists (
    select from event_keys e where e.source_id = k.formerly and e.received_at > $3::timestamptz - interval '7 days'
  )
  order by k.source_id
  on conflict do nothing
  returning source_id
`;

export interface EventKey {
  readonly key: string;
  readonly formerly: string;
}

/** Claims the keys; only those returned are new, the others name events recorded before. */
export async function insertEventKeys(
  tx: Queryable,
  keys: readonly EventKey[],
  receivedAt: number,
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await tx.query<{ source_id: string }>({
    name: 'insertEventKeys',
    text: SQL,
    values: [keys.map(({ key }) => key), keys.map(({ formerly }) => formerly), instant(receivedAt)],
  });
  return new Set(rows.map((row) => row.source_id));
}
