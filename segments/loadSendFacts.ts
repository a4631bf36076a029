/**
 * The facts one send decision rests on, under the user lock: fresh profile, counters, receipts, other pairings'
 * claims, and the first stored exception since the trigger (AB-37, AB-38).
 */

import type { Campaign } from '../domain/campaign/campaign.js';
import { type Entered, exceptionsOf, listensTo } from '../domain/campaign/entry.js';
import type { ChannelName } from '../domain/channel/index.js';
import type { SendFacts } from '../domain/decision/decide.js';
import { evaluating } from '../domain/decision/evaluation.js';
import type { Receipt } from '../domain/decision/gates/gates.js';
import type { PairingState } from '../domain/decision/reasons.js';
import { isSettled } from '../domain/decision/sending/outcome.js';
import { askedOfEvents, askedOfTriggers } from '../domain/event/askedProperties.js';
import type { TriggerSnapshot } from '../domain/event/matcher.js';
import type { Profile } from '../domain/profile/profile.js';
import { totalKey, totalNeeds } from '../domain/segment/facts.js';
import { needsOf } from '../domain/segment/filter.js';
import type { Queryable } from '../storage/pool.js';
import type { StoredMessage } from '../storage/queries/messages/selectDelivery.js';
import {
  type SendFactsRequest,
  type SendFactsRow,
  selectSendFacts,
} from '../storage/queries/messages/selectSendFacts.js';
import { loadException } from './loadException.js';
import { loadRecent } from './loadRecent.js';

export interface SendFactsInput {
  readonly pairingId: number;
  readonly userId: number;
  readonly campaign: Campaign;
  readonly channels: readonly ChannelName[];
  readonly trigger: TriggerSnapshot;
  /** As locked; null when the person was deleted. */
  readonly profile: Profile | null;
  /** The instant that is decided for. */
  readonly now: number;
}

export interface LoadedSendFacts {
  readonly state: PairingState;
  readonly campaignVersion: number;
  readonly messages: readonly StoredMessage[];
  readonly facts: SendFacts;
}

export async function loadSendFacts(tx: Queryable, input: SendFactsInput): Promise<LoadedSendFacts | null> {
  const { campaign, userId, profile, trigger } = input;
  const needs = evaluating(() =>
    campaign.recheckAudience && campaign.audience !== null ? needsOf(campaign.audience) : [],
  );
  const request: SendFactsRequest = {
    pairingId: input.pairingId,
    userId,
    needs: totalNeeds(needs),
    exceptions: exceptionsOf(campaign),
    askedOfStored: evaluating(() => askedOfStored([campaign])),
    trigger,
  };
  const row = await selectSendFacts(tx, request);
  if (row === null) return null;
  // Gates ignore the pairing's own messages: once one of its channels is received, the others are part of that receipt.
  const isReceived = row.messages.some(({ state }) => state === 'sent');
  const recentOf = await loadRecent(tx, { userIds: [userId], needs, at: input.now });
  const totals = new Map(row.totals.map(({ kind, name, ...total }) => [totalKey(kind, name), total]));
  return {
    state: row.state,
    campaignVersion: row.campaign_version,
    messages: row.messages,
    facts: {
      campaign: { ...campaign, state: row.campaign_state, generation: row.campaign_generation },
      pairing: {
        generation: row.generation,
        dueAt: row.due_at,
        plannedAt: row.planned_at ?? row.due_at,
        wakeAt: row.wake_at,
        trigger,
      },
      person:
        profile === null ? null : { userId, profile: withAddressState(profile, row), totals, recent: recentOf(userId) },
      receipt: isReceived ? null : receiptOf(row),
      claimedUntil: isReceived ? null : row.claimed_until,
      exception: await loadException(tx, { request, campaign, first: row.exceptions }),
      pending: input.channels.filter(
        (channel) => !row.messages.some((message) => message.channel === channel && isSettled(message.state)),
      ),
    },
  };
}

/** SU-07: the state is the address's, also while its profiles are still to follow it. */
function withAddressState(profile: Profile, { address }: SendFactsRow): Profile {
  if (address === null || (address.isFollowed && address.state !== 'unsubscribed')) return profile;
  return { ...profile, emailSubscription: address.state };
}

function receiptOf({ received_at, counts_from }: SendFactsRow): Receipt | null {
  return received_at === null ? null : { lastAt: received_at, countsFrom: counts_from ?? received_at };
}

/** The properties of stored events that tell whether they are exceptions of these campaigns, see `firstExceptionAfter`. */
export function askedOfStored(campaigns: Iterable<Entered>): readonly string[] {
  const keys = new Set<string>();
  for (const campaign of campaigns) {
    const exceptions = exceptionsOf(campaign);
    if (exceptions.length === 0) continue;
    for (const key of [...askedOfEvents([...exceptions, ...listensTo(campaign)]), ...askedOfTriggers(exceptions)])
      keys.add(key);
  }
  return [...keys];
}
