import type { Campaign, Variant } from '../../../domain/campaign/campaign.js';
import { variantOf } from '../../../domain/campaign/variantOf.js';
import type { ChannelName } from '../../../domain/channel/index.js';
import { evaluating } from '../../../domain/decision/evaluation.js';
import type { Outcome, PairingState, Reason } from '../../../domain/decision/reasons.js';
import type { MessageState } from '../../../domain/decision/sending/outcome.js';
import type { TriggerSnapshot } from '../../../domain/event/matcher.js';
import type { Profile } from '../../../domain/profile/profile.js';
import type { StorableObject } from '../../../domain/schema/storableText.js';
import type { Queryable } from '../../pool.js';
import { CAMPAIGN_COLUMNS, type CampaignRow, campaignFromRow } from '../campaigns/campaignRow.js';
import { type TriggerColumns, triggerOf } from '../pairings/triggerColumns.js';
import { type ProfileRow, profileColumns, profileOf } from '../people/profileColumns.js';

/** A pairing with all that gathering and rendering need; read outside any lock. */
export interface Delivery {
  /** Of this database: part of the keys its messages carry. */
  readonly installation: string;
  readonly pairingId: number;
  readonly userId: number;
  readonly state: PairingState;
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  /** MV-02: by the campaign as it is now. */
  readonly variant: Variant;
  readonly dueAt: number;
  /** What lateness counts from. */
  readonly plannedAt: number;
  readonly trigger: TriggerSnapshot;
  readonly chainDepth: number;
  readonly campaign: Campaign;
  readonly user: { readonly version: number; readonly profile: Profile } | null;
  readonly messages: readonly StoredMessage[];
  readonly suspensions: readonly Suspension[];
}

export interface StoredMessage {
  readonly id: number;
  readonly channel: ChannelName;
  readonly state: MessageState;
  readonly keyed: boolean;
  readonly attempt: number;
  readonly refusals: number;
  readonly resends: number;
  readonly claimedAt: number | null;
  readonly leaseUntil: number | null;
  readonly sendKey: string;
  readonly request: StorableObject | null;
  readonly code: string | null;
}

export interface Suspension {
  readonly channel: ChannelName;
  readonly failures: number;
  readonly retryAt: number;
}

interface Row extends CampaignRow, ProfileRow, TriggerColumns {
  readonly installation: string;
  readonly pairing_id: number;
  readonly user_id: number;
  readonly pairing_state: PairingState;
  readonly outcome: Outcome | null;
  readonly reason: Reason | null;
  readonly due_at: number;
  readonly planned_at: number | null;
  readonly chain_depth: number;
  readonly user_version: number | null;
  readonly messages: readonly StoredMessage[];
  readonly suspensions: readonly Suspension[];
}

/** The messages of pairing `p`, for every statement that reads one; timestamps as epoch ms. */
export const MESSAGES_OF_PAIRING = `
  coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', m.id, 'channel', m.channel, 'state', m.state, 'keyed', m.keyed, 'attempt', m.attempt,
      'refusals', m.refusals, 'resends', m.resends, 'sendKey', m.send_key, 'request', m.request, 'code', m.code,
      'claimedAt', (extract(epoch from m.claimed_at) * 1000)::bigint,
      'leaseUntil', (extract(epoch from m.lease_until) * 1000)::bigint
    ) order by m.id)
    from messages m where m.pairing_id = p.id
  ), '[]')
`;

const SQL = `
  select
    (select i.id from installation i) as installation, p.id as pairing_id, p.user_id, p.state as pairing_state, p.outcome, p.reason, p.due_at, p.planned_at,
    p.trigger_kind, p.trigger_name, p.trigger_time, p.trigger_seq, p.trigger_properties, p.trigger_whole_second, p.chain_depth,
    ${CAMPAIGN_COLUMNS},
    u.version as user_version, ${profileColumns('u')},
    ${MESSAGES_OF_PAIRING} as messages,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'channel', s.channel, 'failures', s.failures, 'retryAt', (extract(epoch from s.retry_at) * 1000)::bigint
      )) from channel_suspensions s
    ), '[]') as suspensions
  from pairings p
  join campaigns c on c.id = p.campaign_id
  join campaign_versions v on v.campaign_id = c.id and v.version = c.version
  left join users u on u.id = p.user_id
  where p.id = $1::bigint
`;

export async function selectDelivery(db: Queryable, pairingId: number): Promise<Delivery | null> {
  const { rows } = await db.query<Row>({ name: 'selectDelivery', text: SQL, values: [pairingId] });
  const row = rows[0];
  if (row === undefined) return null;
  const campaign = evaluating(() => campaignFromRow(row));
  return {
    installation: row.installation,
    pairingId: row.pairing_id,
    userId: row.user_id,
    state: row.pairing_state,
    outcome: row.outcome,
    reason: row.reason,
    variant: variantOf({ campaign, userId: row.user_id }),
    dueAt: row.due_at,
    plannedAt: row.planned_at ?? row.due_at,
    trigger: triggerOf(row),
    chainDepth: row.chain_depth,
    campaign,
    user: row.user_version === null ? null : { version: row.user_version, profile: profileOf(row) },
    messages: row.messages,
    suspensions: row.suspensions,
  };
}
