import type { CountedKind } from '../../../domain/event/kinds.js';
import type { Queryable } from '../../pool.js';

export interface UserTotal {
  readonly kind: CountedKind;
  readonly name: string;
  readonly count: number;
  readonly amount: number;
  readonly first_at: number;
  readonly last_at: number;
}

// The most recent ones: names are the callers' own, so there is no telling how many there may be.
const SQL = `
  select kind, name, count, amount, first_at, last_at
  from event_totals
  where user_id = $1::bigint and kind <> 'custom'
  union all
  select kind, name, count(*), 0, min(time), max(time)
  from events
  where user_id = $1::bigint and kind = 'custom'
  group by kind, name
  order by last_at desc, kind, name
  limit $2::int
`;

export async function listUserTotals(db: Queryable, userId: number, limit: number): Promise<readonly UserTotal[]> {
  const { rows } = await db.query<UserTotal>({ name: 'listUserTotals', text: SQL, values: [userId, limit] });
  return rows;
}
