import type { CampaignState } from '../../domain/campaign/campaign.js';
import type { PairingState } from '../../domain/decision/reasons.js';
import type { SubscriptionState } from '../../domain/profile/subscriptionStates.js';
import { MESSAGES_OF_PAIRING, type StoredMessage } from '../../storage/queries/messages/selectDelivery.js';
import { EMAIL_KEY } from '../../storage/queries/people/addressKeys.js';
import { epochMs, type FactSource, NO_PAGE } from './factSource.js';

export interface PairingAsked {
  /** Pairings that are decided, with their campaign and their messages. */
  readonly pairings?: { readonly ids: readonly number[] };
}

export interface PairingFact {
  readonly fact: 'pairing';
  readonly body: PairingBody;
}

export interface PairingBody {
  readonly id: number;
  readonly state: PairingState;
  readonly generation: number;
  readonly dueAt: number;
  readonly plannedAt: number | null;
  readonly wakeAt: number;
  readonly campaign: { readonly state: CampaignState; readonly generation: number; readonly revision: number };
  /** The latest lease end of another pairing's claimed message of the campaign. */
  readonly claimedUntil: number | null;
  /** The state of the person's e-mail address (SU-07), and whether the profile has followed it; null: none was ever set. */
  readonly address: { readonly state: SubscriptionState; readonly isFollowed: boolean } | null;
  readonly messages: readonly StoredMessage[];
}

export const pairingSource: FactSource<PairingAsked> = {
  kind: 'pairing',
  sql({ pairings }, parameters) {
    if (pairings === undefined || pairings.ids.length === 0) return null;
    return `
      select 'pairing' as fact, p.user_id, jsonb_build_object(
        'id', p.id, 'state', p.state, 'generation', p.generation, 'dueAt', ${epochMs('p.due_at')},
        'plannedAt', ${epochMs('p.planned_at')}, 'wakeAt', ${epochMs('p.wake_at')},
        'campaign', jsonb_build_object('state', c.state, 'generation', c.generation, 'revision', c.revision),
        'claimedUntil', (
          select ${epochMs('max(m.lease_until)')} from messages m
          where m.user_id = p.user_id and m.campaign_id = p.campaign_id and m.state = 'claimed' and m.pairing_id <> p.id
        ),
        'address', (
          select jsonb_build_object('state', s.state, 'isFollowed', not exists (
            select from address_changes f where f.key = s.key and f.name = 'email_subscribe' and f.after_id < u.id
          ))
          from users u join address_states s on s.key = ${EMAIL_KEY}
          where u.id = p.user_id
        ),
        'messages', ${MESSAGES_OF_PAIRING}
      ) as body, ${NO_PAGE}
      from pairings p
      join campaigns c on c.id = p.campaign_id
      where p.id = any(${parameters.add(pairings.ids, 'bigint[]')})
    `;
  },
};
