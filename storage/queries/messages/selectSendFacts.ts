import type { CampaignState } from '../../../domain/campaign/campaign.js';
import type { PairingState } from '../../../domain/decision/reasons.js';
import type { CountedKind } from '../../../domain/event/kinds.js';
import type { EventMatcher, TriggerSnapshot } from '../../../domain/event/matcher.js';
import { startOfSecond } from '../../../domain/event/streamEvent.js';
import type { SubscriptionState } from '../../../domain/profile/subscriptionStates.js';
import type { Total, TotalNeed } from '../../../domain/segment/facts.js';
import { instant, type Queryable } from '../../pool.js';
import {
  CUT_EVENTS,
  EVENT_BODY,
  FITS,
  PAGE_ROWS,
  type PageRow,
  type StoredEventBody,
} from '../events/storedHistory.js';
import { EMAIL_KEY } from '../people/addressKeys.js';
import { TOTALS } from '../people/totals.js';
import { MESSAGES_OF_PAIRING, type StoredMessage } from './selectDelivery.js';

export interface SendFactsRequest {
  readonly pairingId: number;
  readonly userId: number;
  readonly needs: readonly TotalNeed[];
  readonly exceptions: readonly EventMatcher[];
  /** The properties that these look at in stored events. */
  readonly askedOfStored: readonly string[];
  readonly trigger: TriggerSnapshot;
}

export interface SendFactsRow {
  readonly state: PairingState;
  readonly generation: number;
  readonly due_at: number;
  readonly planned_at: number | null;
  readonly wake_at: number;
  readonly campaign_state: CampaignState;
  readonly campaign_generation: number;
  readonly campaign_version: number;
  /** The latest receipt of the campaign, a send of unknown outcome counting as one. */
  readonly received_at: number | null;
  /** What re-eligibility counts from. */
  readonly counts_from: number | null;
  readonly claimed_until: number | null;
  /** The state of the person's e-mail address (SU-07), and whether the profile has followed it; null: none was ever set. */
  readonly address: { readonly state: SubscriptionState; readonly isFollowed: boolean } | null;
  readonly totals: readonly (Total & { readonly kind: CountedKind; readonly name: string })[];
  /**
   * The first page of what may be a stored exception: oldest first, from the start of the trigger's second on (AB-18: which
   * of them are after it, the caller tells). Null: there is none.
   */
  readonly exceptions: (PageRow & { readonly events: readonly StoredEventBody[] }) | null;
  readonly messages: readonly StoredMessage[];
}

// Gates ignore the pairing's own messages; `received_at >= time` of every event lets old partitions be skipped.
const SQL = `
  select
    p.state, p.generation, p.due_at, p.planned_at, p.wake_at,
    c.state as campaign_state, c.generation as campaign_generation, c.version as campaign_version,
    greatest(r.last_at, doubtful.last_at) as received_at,
    greatest(coalesce(r.counts_from, r.last_at), doubtful.counts_from) as counts_from,
    (select max(m.lease_until) from messages m
      where m.user_id = p.user_id and m.campaign_id = p.campaign_id and m.state = 'claimed' and m.pairing_id <> p.id
    ) as claimed_until,
    ${MESSAGES_OF_PAIRING} as messages,
    (
      select jsonb_build_object('state', s.state, 'isFollowed', not exists (
        select from address_changes f where f.key = s.key and f.name = 'email_subscribe' and f.after_id < u.id
      ))
      from users u join address_states s on s.key = ${EMAIL_KEY}
      where u.id = p.user_id
    ) as address,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'kind', n.kind, 'name', n.name, 'count', t.count, 'amount', t.amount,
        'firstAt', (extract(epoch from t.first_at) * 1000)::bigint,
        'lastAt', (extract(epoch from t.last_at) * 1000)::bigint
      ))
      from unnest($2::text[], $3::text[]) as n(kind, name)
      cross join (select p.user_id) o
      cross join ${TOTALS}
    ), '[]') as totals,
    (
      select jsonb_build_object(
        'found', max(e.found), 'bytes', max(e.bytes), 'events', jsonb_agg(${EVENT_BODY} order by e.time, e.seq)
      )
      from (
        with a as (select $8::text[] as keys), l as (
          select e.*
          from unnest($4::text[], $5::text[]) as x(kind, name)
          join events e
            on e.user_id = p.user_id and e.kind = x.kind and (x.name is null or e.name = x.name)
            and e.received_at >= $6::timestamptz and e.time >= $6::timestamptz and e.seq <> $7::bigint
          order by e.time, e.seq
          limit ${PAGE_ROWS}
        )
        select * from ${CUT_EVENTS}
      ) e
      where ${FITS}
      having count(*) > 0
    ) as exceptions
  from pairings p
  join campaigns c on c.id = p.campaign_id
  left join receipts r on r.user_id = p.user_id and r.campaign_id = p.campaign_id
  cross join lateral (
    select max(m.claimed_at) as last_at, max(counted_instant(coalesce(o.planned_at, o.due_at), m.claimed_at)) as counts_from
    from messages m
    join pairings o on o.id = m.pairing_id
    where m.user_id = p.user_id and m.campaign_id = p.campaign_id and m.state = 'unknown' and m.pairing_id <> p.id
  ) doubtful
  where p.id = $1::bigint
`;

/** What `decide` needs, read under the user lock in one statement. */
export async function selectSendFacts(tx: Queryable, request: SendFactsRequest): Promise<SendFactsRow | null> {
  const { rows } = await tx.query<SendFactsRow>({
    name: 'selectSendFacts',
    text: SQL,
    values: [
      request.pairingId,
      request.needs.map((need) => need.eventKind),
      request.needs.map((need) => need.name),
      request.exceptions.map((exception) => exception.kind),
      request.exceptions.map((exception) => exception.name),
      instant(startOfSecond(request.trigger.time)),
      request.trigger.seq,
      request.askedOfStored,
    ],
  });
  return rows[0] ?? null;
}
