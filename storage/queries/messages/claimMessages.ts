import type { ChannelName } from '../../../domain/channel/index.js';
import type { MessageState } from '../../../domain/decision/sending/outcome.js';
import type { StorableObject, StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';

/** What one pairing claims. */
export interface ClaimRequest {
  readonly pairingId: number;
  readonly campaignId: number;
  /** The version the request was rendered and decided with. */
  readonly campaignRevision: number;
  readonly userId: number;
  readonly variant: string;
  readonly claims: readonly NewClaim[];
  /** Channels that end here without a send. */
  readonly skipped: readonly SkippedMessage[];
  readonly now: number;
}

export interface NewClaim {
  readonly channel: ChannelName;
  readonly sendKey: string;
  readonly keyed: boolean;
  readonly request: StorableObject;
  readonly leaseUntil: number;
}

export interface SkippedMessage {
  readonly channel: ChannelName;
  readonly sendKey: string;
  readonly state: Extract<MessageState, 'unreachable' | 'aborted' | 'failed' | 'cancelled'>;
  readonly code: string | null;
  readonly detail: StorableText | null;
}

export interface Claim {
  readonly pairingId: number;
  readonly id: number;
  readonly channel: ChannelName;
  /** Fences settling: raised by every claim, here and nowhere else. */
  readonly attempt: number;
}

// Dispatch begins when this commits. A stop or edit wins if it committed before this statement, which re-tests
// generation, state and version in its own snapshot; nothing is written then.
const SQL = `
  with wanted as materialized (
    select * from jsonb_to_recordset($1::jsonb) as r(
      pairing_id bigint, campaign_id bigint, campaign_revision bigint, user_id bigint, variant text, now timestamptz,
      messages jsonb
    )
  ), current as materialized (
    select w.* from wanted w
    join pairings p on p.id = w.pairing_id
    join campaigns c on c.id = p.campaign_id
    where p.state = 'waiting' and p.generation = c.generation and c.state = 'active' and c.revision = w.campaign_revision
  ), claimed as (
    insert into messages as m (
      pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, attempt, lease_until, request,
      code, detail, claimed_at, created_at
    )
    select
      w.pairing_id, w.campaign_id, w.user_id, r.channel, w.variant, r.send_key, r.state, r.keyed, 1, r.lease_until,
      r.request, r.code, r.detail, case when r.state = 'claimed' then w.now end, w.now
    from current w cross join jsonb_to_recordset(w.messages) as r(
      channel text, send_key text, state text, keyed boolean, lease_until timestamptz, request jsonb, code text, detail text
    )
    on conflict (pairing_id, channel) do update set
      state = excluded.state, variant = excluded.variant, keyed = excluded.keyed, attempt = m.attempt + 1,
      lease_until = excluded.lease_until, request = excluded.request, claimed_at = excluded.claimed_at,
      code = excluded.code, detail = excluded.detail
    where m.state = 'released'
    returning m.pairing_id, m.id, m.channel, m.attempt, m.state
  ), sending as (
    update pairings p set state = 'sending', variant = w.variant from current w where p.id = w.pairing_id
    and p.id in (select pairing_id from claimed where state = 'claimed')
  )
  select pairing_id as "pairingId", id, channel, attempt from claimed where state = 'claimed'
`;

/**
 * Claims the sends of pairings of different people, under their locks. A pairing of which nothing is answered though it wanted
 * to send: its campaign changed meanwhile, gather again.
 */
export async function claimMessages(tx: Queryable, requests: readonly ClaimRequest[]): Promise<readonly Claim[]> {
  if (requests.length === 0) return [];
  const wanted = requests.map((request) => ({
    pairing_id: request.pairingId,
    campaign_id: request.campaignId,
    campaign_revision: request.campaignRevision,
    user_id: request.userId,
    variant: request.variant,
    now: instant(request.now),
    messages: messagesOf(request),
  }));
  const answer = await tx.query<Claim>({ name: 'claimMessages', text: SQL, values: [JSON.stringify(wanted)] });
  return answer.rows;
}

function messagesOf({ claims, skipped }: ClaimRequest): readonly object[] {
  return [
    ...claims.map((each) => ({
      channel: each.channel,
      send_key: each.sendKey,
      state: 'claimed',
      keyed: each.keyed,
      lease_until: instant(each.leaseUntil),
      request: each.request,
      code: null,
      detail: null,
    })),
    ...skipped.map((each) => ({
      channel: each.channel,
      send_key: each.sendKey,
      state: each.state,
      keyed: false,
      lease_until: null,
      request: null,
      code: each.code,
      detail: each.detail,
    })),
  ];
}
