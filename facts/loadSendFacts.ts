/**
 * The facts one send decision rests on, under the user lock: the pairing as it is, counters, receipts, other pairings'
 * claims, and the first stored exception since the trigger (AB-37, AB-38).
 */

import { needsOf } from '../domain/audience/filter.js';
import type { Campaign } from '../domain/campaign/campaign.js';
import { type Entered, exceptionsOf, listensTo } from '../domain/campaign/entry.js';
import type { ChannelName } from '../domain/channel/index.js';
import type { SendFacts } from '../domain/decision/decide.js';
import { evaluating } from '../domain/decision/evaluation.js';
import { laterReceipt, type Receipt } from '../domain/decision/gates/gates.js';
import type { PairingState } from '../domain/decision/reasons.js';
import { isSettled } from '../domain/decision/sending/outcome.js';
import { askedOfEvents, askedOfTriggers } from '../domain/event/askedProperties.js';
import type { TriggerSnapshot } from '../domain/event/matcher.js';
import { startOfSecond } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Queryable } from '../storage/pool.js';
import type { StoredMessage } from '../storage/queries/messages/selectDelivery.js';
import { loadException } from './loadException.js';
import { loadFacts } from './loadFacts.js';
import type { PairingBody } from './sources/pairing.js';
import type { ReceiptFact } from './sources/receipts.js';

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

/** Null: the pairing is gone. */
export async function loadSendFacts(tx: Queryable, input: SendFactsInput): Promise<LoadedSendFacts | null> {
  const { campaign, userId, profile, trigger, pairingId } = input;
  const userIds = [userId];
  const audience = campaign.recheckAudience ? campaign.audience : null;
  const stored = {
    userIds,
    listeners: exceptionsOf(campaign),
    keys: evaluating(() => askedOfStored([campaign])),
    // AB-18: which events of the trigger's own second are after it, `firstExceptionAfter` tells.
    since: startOfSecond(trigger.time),
    exceptSeq: trigger.seq,
  };
  const loaded = await loadFacts(tx, {
    pairing: { id: pairingId },
    audience: { userIds, needs: evaluating(() => (audience === null ? [] : needsOf(audience))), at: input.now },
    receipts: { userIds, campaignIds: [campaign.id], exceptPairing: pairingId },
    stored,
  });
  const pairing = loaded.of('pairing')[0]?.body;
  if (pairing === undefined) return null;
  const { state, messages, generation, dueAt, plannedAt, wakeAt, claimedUntil, address } = pairing;
  const { version: campaignVersion, ...current } = pairing.campaign;
  // Gates ignore the pairing's own messages: once one of its channels is received, the others are part of that receipt.
  const isReceived = messages.some((message) => message.state === 'sent');
  return {
    state,
    campaignVersion,
    messages,
    facts: {
      campaign: { ...campaign, ...current },
      pairing: { generation, dueAt, plannedAt: plannedAt ?? dueAt, wakeAt, trigger },
      person:
        profile === null
          ? null
          : { userId, profile: withAddressState(profile, address), ...loaded.audienceFactsOf(userId) },
      receipt: isReceived ? null : receiptOf(loaded.of('receipt')),
      claimedUntil: isReceived ? null : claimedUntil,
      exception: await loadException(tx, { campaign, trigger, stored, first: loaded.of('stored') }),
      pending: input.channels.filter(
        (channel) => !messages.some((message) => message.channel === channel && isSettled(message.state)),
      ),
    },
  };
}

/** SU-07: the state is the address's, also while its profiles are still to follow it. */
function withAddressState(profile: Profile, address: PairingBody['address']): Profile {
  if (address === null || (address.isFollowed && address.state !== 'unsubscribed')) return profile;
  return { ...profile, emailSubscription: address.state };
}

function receiptOf(receipts: readonly ReceiptFact[]): Receipt | null {
  let latest: Receipt | null = null;
  for (const { body } of receipts) {
    const { campaignId: _, ...receipt } = body;
    latest = laterReceipt(latest, receipt);
  }
  return latest;
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
