import type { Increment } from '../../../domain/facts/counters.js';
import { instant, type Queryable } from '../../pool.js';

const SQL = `
  insert into event_totals as t (user_id, kind, name, count, amount, first_at, last_at)
  select user_id, kind, name, sum(count), sum(amount), min(at), max(at)
  from jsonb_to_recordset($1::jsonb) as i(
    user_id bigint, kind text, name text, count bigint, amount double precision, at timestamptz
  )
  group by user_id, kind, name
  order by user_id, kind, name
  on conflict (user_id, kind, name) do update set
    count = t.count + excluded.count,
    amount = t.amount + excluded.amount,
    first_at = least(t.first_at, excluded.first_at),
    last_at = greatest(t.last_at, excluded.last_at)
`;

/** Raises counters of purchases and sessions, each once and in a fixed order; custom events are counted in the stream. */
export async function upsertTotals(
  tx: Queryable,
  increments: readonly (Increment & { readonly userId: number })[],
): Promise<void> {
  if (increments.length === 0) return;
  const rows = increments.map(({ userId, kind, name, count, amount, at }) => ({
    user_id: userId,
    kind,
    name,
    count,
    amount,
    at: instant(at),
  }));
  await tx.query({ name: 'upsertTotals', text: SQL, values: [JSON.stringify(rows)] });
}
