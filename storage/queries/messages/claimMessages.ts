import type { ChannelName } from '../../../domain/channel/index.js';
import type { MessageState } from '../../../domain/decision/sending/outcome.js';
import type { StorableObject, StorableText } from '../../../domain/schema/storableText.js';
import { instant, type Queryable } from '../../pool.js';

export interface ClaimRequest {
  readonly pairingId: number;
  readonly campaignId: number;
  /** The version the request was rendered and decided with. */
  readonly campaignVersion: number;
  readonly userId: number;
  readonly variant: string;
  readonly claims: readonly NewClaim[];
  /** Channels that end here without a send. */
  readonly skipped: readonly SkippedMessage[];
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
  readonly id: number;
  readonly channel: ChannelName;
  /** Fences settling: raised by every claim, here and nowhere else. */
  readonly attempt: number;
}

// Dispatch begins when this commits. A stop or edit wins if it committed before this statement, which re-tests
// generation, state and version in its own snapshot; nothing is written then.
const SQL = `
  with current as (
    select p.id from pairings p
    join campaigns c on c.id = p.campaign_id
    where p.id = $1::bigint and p.state = 'waiting' and p.generation = c.generation
      and c.state = 'active' and c.version = $2::int
  ), claimed as (
    insert into messages as m (
      pairing_id, campaign_id, user_id, channel, variant, send_key, state, keyed, attempt, lease_until, request,
      code, detail, claimed_at, created_at
    )
    select
      current.id, $3::bigint, $4::bigint, r.channel, $5::text, r.send_key, r.state, r.keyed, 1, r.lease_until, r.request,
      r.code, r.detail, case when r.state = 'claimed' then $6::timestamptz end, $6::timestamptz
    from current, jsonb_to_recordset($7::jsonb) as r(
      channel text, send_key text, state text, keyed boolean, lease_until timestamptz, request jsonb, code text, detail text
    )
    on conflict (pairing_id, channel) do update set
      state = excluded.state, variant = excluded.variant, keyed = excluded.keyed, attempt = m.attempt + 1,
      lease_until = excluded.lease_until, request = excluded.request, claimed_at = excluded.claimed_at,
      code = excluded.code, detail = excluded.detail
    where m.state = 'released'
    returning m.id, m.channel, m.attempt, m.state
  ), sending as (
    update pairings p set state = 'sending', variant = $5::text from current where p.id = current.id
    and exists (select from claimed where state = 'claimed')
  )
  select id, channel, attempt from claimed where state = 'claimed'
`;

/** Claims the sends, under the user lock. Empty: the campaign changed meanwhile, gather again. */
export async function claimMessages(tx: Queryable, claim: ClaimRequest, now: number): Promise<readonly Claim[]> {
  const rows = [
    ...claim.claims.map((each) => ({
      channel: each.channel,
      send_key: each.sendKey,
      state: 'claimed',
      keyed: each.keyed,
      lease_until: instant(each.leaseUntil),
      request: each.request,
      code: null,
      detail: null,
    })),
    ...claim.skipped.map((each) => ({
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
  const answer = await tx.query<Claim>({
    name: 'claimMessages',
    text: SQL,
    values: [
      claim.pairingId,
      claim.campaignVersion,
      claim.campaignId,
      claim.userId,
      claim.variant,
      instant(now),
      JSON.stringify(rows),
    ],
  });
  return answer.rows;
}
