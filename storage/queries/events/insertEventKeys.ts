import { instant, type Queryable } from '../../pool.js';

// Sorted, so that two requests with the same keys cannot deadlock. A repeat of what an earlier release recorded has one of its
// former keys there; such requests are not repeated for longer than a week. A key begins with the number of its person, and
// with that of another whom they took in where it was recorded of that one.
const SQL = `
  insert into event_keys (source_id, received_at)
  select k.source_id, $3::timestamptz
  from unnest($1::text[], $2::text[], $5::text[], $4::bigint[]) as k(source_id, of_id, in_clear, user_id)
  where not exists (
    select from event_keys e
    where e.source_id in (k.of_id, k.in_clear) and e.received_at > $3::timestamptz - interval '7 days'
  ) and not exists (
    select from merged_people m join event_keys e on e.source_id in (
      m.id || substr(k.source_id, length(k.user_id::text) + 1), m.id || substr(k.in_clear, length(k.user_id::text) + 1)
    )
    where m.merged_into = k.user_id
  )
  order by k.source_id
  on conflict do nothing
  returning source_id
`;

export interface EventKey {
  /** Begins with `userId`. */
  readonly key: string;
  readonly userId: number;
  readonly formerly: FormerKeys;
}

/** What earlier releases kept for the same event. */
export interface FormerKeys {
  readonly ofId: string;
  /** Begins with `userId` too. */
  readonly inClear: string;
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
    values: [
      keys.map(({ key }) => key),
      keys.map(({ formerly }) => formerly.ofId),
      instant(receivedAt),
      keys.map(({ userId }) => userId),
      keys.map(({ formerly }) => formerly.inClear),
    ],
  });
  return new Set(rows.map((row) => row.source_id));
}
