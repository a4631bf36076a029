import type { CountedKind } from '../../../domain/event/kinds.js';
import { instant, type Queryable } from '../../pool.js';

export interface RecentDaysRequest {
  readonly userIds: readonly number[];
  /** `name` '': any, of purchases. `since`: the start of a day. */
  readonly names: readonly { readonly kind: CountedKind; readonly name: string; readonly since: number }[];
  readonly receivedBefore: number | null;
}

export interface RecentDayRow {
  readonly user_id: number;
  readonly kind: CountedKind;
  readonly name: string;
  /** UTC days since the epoch. */
  readonly day: number;
  readonly count: number;
  readonly amount: number;
}

/**
 * To cross join: what an event `e` counts as, and the price of each; `incrementsOf` in SQL. `offset 0`: large properties
 * are decompressed at each look at them, so there are two.
 */
export const COUNTS_AS = `
  lateral (
    select
      case when jsonb_typeof(v.quantity) = 'number' then v.quantity::float8 else 1 end as quantity,
      case when jsonb_typeof(v.price) = 'number' then v.price::float8 else 0 end as price
    from (
      select
        case when e.kind = 'purchase' then e.properties -> 'quantity' end as quantity,
        case when e.kind = 'purchase' then e.properties -> 'price' end as price
      offset 0
    ) v
    offset 0
  ) q
`;

// `received_at >= time` holds of every event (a check), so that the earliest day, a parameter of its own, skips the older
// partitions before any is looked at.
const SQL = `
  select
    e.user_id, n.kind, n.name, floor(extract(epoch from e.time) / 86400)::int as day,
    sum(q.quantity) as count, sum(q.quantity * q.price) as amount
  from unnest($2::text[], $3::text[], $4::timestamptz[]) as n(kind, name, since)
  join events e
    on e.user_id = any($1::bigint[]) and e.kind = n.kind
    and (e.name = n.name or (n.kind = 'purchase' and n.name = '')) and e.time >= n.since
  cross join ${COUNTS_AS}
  where e.received_at >= $5::timestamptz and ($6::timestamptz is null or e.received_at < $6::timestamptz)
  group by e.user_id, n.kind, n.name, day
`;

export async function selectRecentDays(tx: Queryable, request: RecentDaysRequest): Promise<readonly RecentDayRow[]> {
  const { names, receivedBefore } = request;
  const { rows } = await tx.query<RecentDayRow>({
    name: 'selectRecentDays',
    text: SQL,
    values: [
      request.userIds,
      names.map(({ kind }) => kind),
      names.map(({ name }) => name),
      names.map(({ since }) => instant(since)),
      instant(Math.min(...names.map(({ since }) => since))),
      receivedBefore === null ? null : instant(receivedBefore),
    ],
  });
  return rows;
}
