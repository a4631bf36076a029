import type { Receipt } from '../../../domain/decision/gates/gates.js';
import type { CountedKind } from '../../../domain/event/kinds.js';
import type { TotalNeed } from '../../../domain/segment/facts.js';
import { instant, type Queryable } from '../../pool.js';
import { type ProfileRow, profileBody } from '../people/profileColumns.js';
import { TOTALS } from '../people/totals.js';
import {
  CUT_EVENTS,
  CUT_PAIRINGS,
  EVENT_BODY,
  FITS,
  type OpenPairingBody,
  PAGE_ROWS,
  PAIRING_BODY,
  type StoredEventBody,
} from './storedHistory.js';

export interface EntryFactsRequest {
  readonly userIds: readonly number[];
  /** Those who may enter: whose counters some audience may ask for, and who may wait for too much. */
  readonly countedIds: readonly number[];
  /** Those whose profile is not at hand. */
  readonly profilesOf: readonly number[];
  /** Campaigns one of the events may be an exception of. */
  readonly exceptionCampaignIds: readonly number[];
  /** The properties of waiting pairings' triggers that these exceptions are compared with. */
  readonly askedOfOpen: readonly string[];
  /** Campaigns one of the events may trigger. */
  readonly triggeredCampaignIds: readonly number[];
  readonly needs: readonly TotalNeed[];
  /** Kinds and names (null: any) of the triggered campaigns' exceptions, and the earliest trigger's time. */
  readonly exceptionListeners: readonly { readonly kind: string; readonly name: string | null }[];
  readonly since: number;
  /** The properties that they look at in stored events. */
  readonly askedOfStored: readonly string[];
}

/** What may be of any number comes as its first page; see `storedHistory.ts`. */
interface Paged {
  readonly found: number;
  readonly bytes: number;
}

export type EntryFactRow = { readonly user_id: number } & (
  | { readonly fact: 'profile'; readonly body: ProfileRow }
  | ({ readonly fact: 'pairing'; readonly body: OpenPairingBody } & Paged)
  | {
      readonly fact: 'total';
      readonly body: {
        readonly kind: CountedKind;
        readonly name: string;
        readonly count: number;
        readonly amount: number;
        readonly firstAt: number;
        readonly lastAt: number;
      };
    }
  | { readonly fact: 'receipt'; readonly body: { readonly campaignId: number } & Required<Receipt> }
  | { readonly fact: 'waiting'; readonly body: { readonly campaignId: number; readonly count: number } }
  | ({ readonly fact: 'event'; readonly body: StoredEventBody } & Paged)
);

// Stored exceptions are looked for from the earliest trigger's own time on: `received_at >= time` holds of every
// event (a check), so the same bound skips older partitions. An `unknown` send counts as received.
const SQL = `
  select 'profile' as fact, u.id as user_id, ${profileBody('u')} as body, null::bigint as found, null::bigint as bytes
  from users u
  where u.id = any($9::bigint[])
  union all
  select 'pairing', e.user_id, ${PAIRING_BODY}, e.found, e.bytes
  from (
    with a as (select $11::text[] as keys), w as (
      select p.*
      from pairings p
      join campaigns c on c.id = p.campaign_id and c.generation = p.generation
      where p.user_id = any($1::bigint[]) and p.campaign_id = any($2::bigint[]) and p.state = 'waiting'
      order by p.user_id, p.id
      limit ${PAGE_ROWS}
    )
    select * from ${CUT_PAIRINGS}
  ) e
  where ${FITS}
  union all
  select 'total', o.user_id, jsonb_build_object(
    'kind', n.kind, 'name', n.name, 'count', t.count, 'amount', t.amount,
    'firstAt', (extract(epoch from t.first_at) * 1000)::bigint, 'lastAt', (extract(epoch from t.last_at) * 1000)::bigint
  ), null, null
  from unnest($10::bigint[]) as o(user_id)
  cross join unnest($3::text[], $4::text[]) as n(kind, name)
  cross join ${TOTALS}
  union all
  select 'waiting', w.user_id, jsonb_build_object('campaignId', w.campaign_id, 'count', w.count), null, null
  from (
    select user_id, campaign_id, count(*) from pairings
    where user_id = any($10::bigint[]) and state = 'waiting'
    group by user_id, campaign_id
  ) w
  union all
  select 'receipt', r.user_id, jsonb_build_object(
    'campaignId', r.campaign_id, 'lastAt', (extract(epoch from r.last_at) * 1000)::bigint,
    'countsFrom', (extract(epoch from coalesce(r.counts_from, r.last_at)) * 1000)::bigint
  ), null, null
  from receipts r
  where r.user_id = any($1::bigint[]) and r.campaign_id = any($5::bigint[])
  union all
  select 'receipt', m.user_id, jsonb_build_object(
    'campaignId', m.campaign_id, 'lastAt', (extract(epoch from m.claimed_at) * 1000)::bigint,
    'countsFrom', (extract(epoch from counted_instant(coalesce(o.planned_at, o.due_at), m.claimed_at)) * 1000)::bigint
  ), null, null
  from messages m
  join pairings o on o.id = m.pairing_id
  where m.user_id = any($1::bigint[]) and m.campaign_id = any($5::bigint[]) and m.state = 'unknown'
  union all
  select 'event', e.user_id, ${EVENT_BODY}, e.found, e.bytes
  from (
    with a as (select $12::text[] as keys), l as (
      select e.*
      from unnest($6::text[], $7::text[]) as x(kind, name)
      join events e
        on e.user_id = any($1::bigint[]) and e.kind = x.kind and (x.name is null or e.name = x.name)
        and e.time >= $8::timestamptz and e.received_at >= $8::timestamptz
      order by e.user_id, e.time, e.seq
      limit ${PAGE_ROWS}
    )
    select * from ${CUT_EVENTS}
  ) e
  where ${FITS}
`;

export async function selectEntryFacts(tx: Queryable, request: EntryFactsRequest): Promise<readonly EntryFactRow[]> {
  const { rows } = await tx.query<EntryFactRow>({
    name: 'selectEntryFacts',
    text: SQL,
    values: [
      request.userIds,
      request.exceptionCampaignIds,
      request.needs.map((need) => need.eventKind),
      request.needs.map((need) => need.name),
      request.triggeredCampaignIds,
      request.exceptionListeners.map((listener) => listener.kind),
      request.exceptionListeners.map((listener) => listener.name),
      instant(request.since),
      request.profilesOf,
      request.countedIds,
      request.askedOfOpen,
      request.askedOfStored,
    ],
  });
  return rows;
}
