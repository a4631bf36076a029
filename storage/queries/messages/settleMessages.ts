import type { Outcome, PairingState, Reason } from '../../../domain/decision/reasons.js';
import type { JsonObject } from '../../../domain/json.js';
import type { StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';
import { ONE_MORE } from './addEngagement.js';
import { WITH_REFUSAL } from './refusalLog.js';

export interface Settlement {
  readonly pairingId: number;
  readonly userId: number;
  readonly campaignId: number;
  readonly campaignKey: string;
  readonly results: readonly MessageSettlement[];
  readonly pairing: {
    readonly state: Extract<PairingState, 'waiting' | 'sending' | 'done'>;
    readonly outcome: Outcome | null;
    readonly reason: Reason | null;
    readonly evidence: JsonObject;
    /** The end of the new hold; null keeps the old one. */
    readonly wakeAt: number | null;
  };
}

export interface MessageSettlement {
  readonly messageId: number;
  readonly attempt: number;
  readonly state: 'sent' | 'failed' | 'released' | 'unknown';
  readonly refused: boolean;
  readonly reference: StorableText | null;
  readonly code: string | null;
  readonly detail: StorableText | null;
}

// `counts_from`: what re-eligibility counts from; `last_at` and `receipt_at` are the instants of the answer itself (RE-13).
// `guard`: nothing is written when the revision of the campaigns is another than the caller has looked at, nor when the person
// was merged into another, or deleted, while their lock was waited for: whose pairing it is, is looked up before it.
// One autocommitted statement: the lock first, and everything else depends on it. Fenced by the attempt number; a
// success of an older attempt is still recorded while the message is undecided. One receipt
// per pairing, however many channels; one "received" event and engagement per message. Of somebody deleted meanwhile what
// the provider said is not kept, as it may name them.
const SQL = `
  with person as materialized (
    select o.id, exists (select from users u where u.id = o.id) as is_there
    from (select coalesce((select user_id from pairings where id = $1::bigint), $2::bigint) as id) o
  ), locked as materialized (
    select u.id from users u join person o on o.id = u.id for no key update of u
  ), guard as materialized (
    select from campaigns_revision where ($12::bigint is null or revision = $12::bigint)
      and ((select count(*) from locked) > 0 or not (select is_there from person))
  ), results as (
    select r.message_id, r.attempt, r.state, r.refused, r.code, $5::timestamptz as answered_at,
      case when (select count(*) from locked) > 0 then r.reference end as reference,
      case when (select count(*) from locked) > 0 then r.detail end as detail
    from jsonb_to_recordset($4::jsonb) as r(
      message_id bigint, attempt int, state text, refused boolean, reference text, code text, detail text
    ) where (select count(*) from locked) >= 0 and exists (select from guard)
  ), settled as (
    update messages m set
      state = r.state, reference = r.reference, code = r.code, detail = r.detail,
      refusals = m.refusals + case when r.refused then 1 else 0 end,
      refused = case when r.refused then ${WITH_REFUSAL} else m.refused end,
      receipt_at = case when r.state = 'sent' then $5::timestamptz end,
      lease_until = null, request = null
    from results r
    where m.id = r.message_id and (
      (m.attempt = r.attempt and m.state = 'claimed') or (r.state = 'sent' and m.state in ('claimed', 'released'))
    )
    returning m.id, m.state, m.channel, m.variant
  ), paired as (
    update pairings p set
      state = $6::text, outcome = $7::text, reason = $8::text, evidence = $9::jsonb,
      wake_at = coalesce($10::timestamptz, p.wake_at),
      settled_at = case when $6::text = 'done' then $5::timestamptz end
    where p.id = $1::bigint and p.state = 'sending' and exists (select from guard)
      and (select count(*) from settled) = (select count(*) from results)
    returning p.id
  ), first_receipt as (
    select counted_instant(coalesce(p.planned_at, p.due_at), $5::timestamptz) as counts_from from pairings p
    where p.id = $1::bigint and exists (select from settled where state = 'sent')
      and exists (select from locked)
      and not exists (select from messages m where m.pairing_id = $1::bigint and m.state = 'sent')
  ), received as (
    insert into receipts as r (campaign_id, user_id, count, first_at, last_at, counts_from)
    select $3::bigint, l.id, 1, $5::timestamptz, $5::timestamptz, counts_from from first_receipt cross join locked l
    on conflict (user_id, campaign_id) do update set
      count = r.count + 1, first_at = least(r.first_at, excluded.first_at), last_at = greatest(r.last_at, excluded.last_at),
      counts_from = greatest(coalesce(r.counts_from, r.last_at), excluded.counts_from)
  ), receipts as materialized (
    select s.id, s.channel, s.variant, jsonb_build_object(
      'message', s.id, 'pairing', $1::bigint, 'channel', s.channel, 'variant', s.variant,
      'first', exists (select from first_receipt) and s.id = (select min(id) from settled where state = 'sent')
    ) as properties
    from settled s
    where s.state = 'sent' and exists (select from locked)
  ), engaged as (
    insert into engagements as g (user_id, campaign_id, variant, channel, count, first_at, last_at)
    select l.id, $3::bigint, variant, channel, 1, $5::timestamptz, $5::timestamptz
    from receipts cross join locked l where $13::boolean
    ${ONE_MORE}
  ), streamed as (
    insert into events (seq, received_at, user_id, kind, name, time, properties)
    select nextval('events_seq'), $5::timestamptz, l.id, 'received', $11::text, $5::timestamptz, properties
    from receipts r cross join locked l where $13::boolean
    order by r.id
  )
  select exists (select from paired) as paired, not exists (select from guard) as moved,
    coalesce((select jsonb_agg(properties order by id) from receipts), '[]') as receipts,
    (select chain_depth from pairings where id = $1::bigint) as chain_depth
`;

export interface Settled {
  /** false: another attempt has the pairing, or a message was no longer ours to settle. */
  readonly paired: boolean;
  /** The revision is another, or the person is: nothing was written. */
  readonly moved: boolean;
  /** What the *received* events say, one for each message that was sent, in order. */
  readonly receipts: readonly JsonObject[];
  readonly chainDepth: number;
}

export interface SettleOptions {
  /** The revision of the campaigns that it holds for; null: whichever. */
  readonly revision: number | null;
  /** Whether to write the *received* events and engagements here; otherwise the caller does, in the same transaction. */
  readonly withEvent: boolean;
  readonly now: number;
}

/** Settles with the receipt and its event, whoever listens; `stream/recordSettlement.ts` is for when somebody may. */
export async function settleMessages(db: Queryable, settlement: Settlement, now: number): Promise<boolean> {
  for (let attempt = 1; attempt <= MOST_PEOPLE; attempt++) {
    const settled = await settleAt(db, settlement, { revision: null, withEvent: true, now });
    if (!settled.moved) return settled.paired;
  }
  return false;
}

/** As often is a person merged while a settlement waits for their lock; any more, and another attempt settles. */
const MOST_PEOPLE = 3;

export async function settleAt(
  db: Queryable,
  settlement: Settlement,
  { revision, withEvent, now }: SettleOptions,
): Promise<Settled> {
  const { pairing } = settlement;
  const results = settlement.results.map((result) => ({
    message_id: result.messageId,
    attempt: result.attempt,
    state: result.state,
    refused: result.refused,
    reference: result.reference,
    code: result.code,
    detail: result.detail,
  }));
  const { rows } = await db.query<Omit<Settled, 'chainDepth'> & { readonly chain_depth: number | null }>({
    name: 'settleMessages',
    text: SQL,
    values: [
      settlement.pairingId,
      settlement.userId,
      settlement.campaignId,
      JSON.stringify(results),
      instant(now),
      pairing.state,
      pairing.outcome,
      pairing.reason,
      JSON.stringify(pairing.evidence),
      pairing.wakeAt === null ? null : instant(pairing.wakeAt),
      settlement.campaignKey,
      revision,
      withEvent,
    ],
  });
  const { paired = false, moved = false, receipts = [], chain_depth: chainDepth } = rows[0] ?? {};
  return { paired, moved, receipts, chainDepth: chainDepth ?? 0 };
}
