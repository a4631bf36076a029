import type { Receipt } from '../../../domain/decision/gates/gates.js';
import type { CountedKind } from '../../../domain/event/kinds.js';
import type { TotalNeed } from '../../../domain/facts/totals.js';
import type { JsonObject } from '../../../domain/json.js';
import { instant, type Queryable } from '../../pool.js';
import { COUNTS_AS } from '../events/countsAs.js';
import { PAGE_BYTES } from '../events/storedHistory.js';
import type { UserRow } from '../people/lockUsers.js';
import { profileColumns, standardNames } from '../people/profileColumns.js';
import { TOTALS } from '../people/totals.js';

export interface PastPeopleRequest {
  readonly userIds: readonly number[];
  readonly campaignId: number | null;
  readonly needs: readonly TotalNeed[];
  readonly from: number;
  readonly to: number;
  readonly hasLater: boolean;
}

export interface PastTotalRow {
  readonly kind: CountedKind;
  readonly name: string;
  /** As of now, less what was recorded at or after the end of the period. */
  readonly count: number;
  readonly amount: number;
  /** Of the events recorded before the period. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A person as of now, and what is needed to tell how they were then. Instants within are epoch ms. */
export interface PastPersonRow extends UserRow {
  /** How many people were looked at for this page of them. */
  readonly found: number;
  /** `{field: [from]}` of what was changed at or after the end of the period: each field as it was before. */
  readonly later_changes: JsonObject;
  readonly totals: readonly PastTotalRow[];
  readonly received_before: number | null;
  /** What re-eligibility counts from. */
  readonly counts_from: number | null;
  /** Receipts within the period of pairings from before it. */
  readonly carried: readonly Receipt[];
}

// What was recorded after the period is looked for only when there is anything ($6). "Attributes changed" happen when
// they are recorded, so the index on their time finds them. What an import changed counts as having always been so. A
// message of unknown outcome counts as received.
const SQL = `
  select
    u.id, u.version, ${profileColumns('u')}, u.found,
    coalesce((
      select jsonb_object_agg(earliest.field, jsonb_build_array(earliest.value))
      from (
        select distinct on (f.key) f.key as field, coalesce(f.value -> 0, 'null') as value
        from events e cross join lateral jsonb_each(e.properties) f
        where $6::boolean and e.user_id = u.id and e.kind = 'attributes' and e.name = ''
          and e.time >= $5::timestamptz and e.received_at >= $5::timestamptz and jsonb_typeof(f.value) = 'array'
          and not e.imported
        order by f.key, e.received_at, e.seq
      ) earliest
      where earliest.value <> 'null' or u.attributes ? earliest.field
        or earliest.field in (${standardNames()})
    ), '{}') as later_changes,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'kind', n.kind, 'name', n.name, 'count', t.count - coalesce(later.count, 0),
        'amount', t.amount - coalesce(later.amount, 0),
        'firstAt', (extract(epoch from coalesce(earlier.first_at, t.first_at)) * 1000)::bigint,
        'lastAt', (extract(epoch from coalesce(earlier.last_at, least(t.last_at, $4::timestamptz))) * 1000)::bigint
      ))
      from unnest($2::text[], $3::text[]) as n(kind, name)
      cross join (select u.id as user_id) o
      cross join ${TOTALS}
      left join lateral (
        select sum(q.quantity)::float8 as count, sum(q.quantity * q.price) as amount
        from events e
        cross join ${COUNTS_AS}
        where $6::boolean and e.user_id = u.id and e.kind = n.kind
          and (e.name = n.name or (n.kind = 'purchase' and n.name = '')) and e.received_at >= $5::timestamptz
      ) later on true
      left join lateral (
        select min(e.time) as first_at, max(e.time) as last_at
        from events e
        where e.user_id = u.id and e.kind = n.kind
          and (e.name = n.name or (n.kind = 'purchase' and n.name = '')) and e.received_at < $4::timestamptz
      ) earlier on true
    ), '[]') as totals,
    greatest(r.last_at, past.received_before) as received_before,
    greatest(coalesce(r.counts_from, r.last_at), past.counts_from) as counts_from,
    past.carried
  from (
    select u.*, count(*) over () as found,
      sum(octet_length(u.attributes::text)) over (order by u.id rows unbounded preceding) as bytes
    from users u
    where u.id = any($1::bigint[])
  ) u
  left join receipts r on r.user_id = u.id and r.campaign_id = $7::bigint and r.last_at < $4::timestamptz
  cross join lateral (
    select
      max(m.at) filter (where m.at < $4::timestamptz) as received_before,
      max(counted_instant(coalesce(p.planned_at, p.due_at), m.at)) filter (where m.at < $4::timestamptz) as counts_from,
      coalesce(
        jsonb_agg(jsonb_build_object(
          'lastAt', (extract(epoch from m.at) * 1000)::bigint,
          'countsFrom', (extract(epoch from counted_instant(coalesce(p.planned_at, p.due_at), m.at)) * 1000)::bigint
        ) order by m.at)
          filter (where m.at >= $4::timestamptz and m.at < $5::timestamptz and p.created_at < $4::timestamptz),
        '[]'
      ) as carried
    from pairings p
    join lateral (
      select case state when 'sent' then receipt_at when 'unknown' then claimed_at end as at
      from messages where pairing_id = p.id
    ) m on m.at is not null
    where p.campaign_id = $7::bigint and p.user_id = u.id
  ) past
  where u.bytes - octet_length(u.attributes::text) < ${PAGE_BYTES}
  order by u.id
`;

/** The first of the people by id, as many as fit into memory; those who were deleted are absent. */
export async function selectPastPeople(tx: Queryable, request: PastPeopleRequest): Promise<readonly PastPersonRow[]> {
  const { rows } = await tx.query<PastPersonRow>({
    name: 'selectPastPeople',
    text: SQL,
    values: [
      request.userIds,
      request.needs.map(({ eventKind }) => eventKind),
      request.needs.map(({ name }) => name),
      instant(request.from),
      instant(request.to),
      request.hasLater,
      request.campaignId,
    ],
  });
  return rows;
}
