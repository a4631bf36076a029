/**
 * The facts that send decisions of one campaign rest on, under the locks of the people: the pairings as they are, counters,
 * receipts, other pairings' claims, and the first stored exception since each trigger (AB-37, AB-38).
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
import { type StreamEvent, startOfSecond } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import type { Queryable } from '../storage/pool.js';
import { PAGE_ROWS, type StoredEventRow, type StoredEventsRequest } from '../storage/queries/events/storedHistory.js';
import type { StoredMessage } from '../storage/queries/messages/selectDelivery.js';
import { loadException } from './loadException.js';
import { type Loaded, loadFacts } from './loadFacts.js';
import { isLastPage } from './readOn.js';
import type { PairingBody } from './sources/pairing.js';
import type { ReceiptFact } from './sources/receipts.js';

export interface SendFactsInput {
  readonly campaign: Campaign;
  /** Of different people. */
  readonly attempts: readonly DecidedPairing[];
}

export interface DecidedPairing {
  readonly pairingId: number;
  readonly userId: number;
  readonly channels: readonly ChannelName[];
  readonly trigger: TriggerSnapshot;
  /** As locked; null when the person was deleted. */
  readonly profile: Profile | null;
  /** The instant that is decided for. */
  readonly now: number;
}

export interface LoadedSendFacts {
  /** Whose pairing it is now: another's where the person was merged since it was read. */
  readonly userId: number;
  readonly state: PairingState;
  readonly campaignRevision: number;
  readonly messages: readonly StoredMessage[];
  readonly facts: SendFacts;
}

/** Several people have done more since their triggers than one page shows: each is to be decided alone. */
export class TooMuchTogether extends Error {}

/** By pairing; one that is gone is absent. One statement, unless somebody's events take several pages. */
export async function loadSendFacts(
  tx: Queryable,
  { campaign, attempts }: SendFactsInput,
): Promise<ReadonlyMap<number, LoadedSendFacts>> {
  const userIds = attempts.map(({ userId }) => userId);
  const ids = attempts.map(({ pairingId }) => pairingId);
  const audience = campaign.recheckAudience ? campaign.audience : null;
  const stored = {
    userIds,
    listeners: exceptionsOf(campaign),
    keys: evaluating(() => askedOfStored([campaign])),
    since: Math.min(...attempts.map(({ trigger }) => startOfSecond(trigger.time))),
    exceptSeqs: attempts.map(({ trigger }) => trigger.seq),
  };
  const loaded = await loadFacts(tx, {
    pairings: { ids },
    audience: {
      userIds,
      needs: evaluating(() => (audience === null ? [] : needsOf(audience))),
      at: Math.min(...attempts.map(({ now }) => now)),
    },
    receipts: { userIds, campaignIds: [campaign.id], exceptPairings: ids },
    stored,
  });
  const pairings = new Map(loaded.of('pairing').map((row) => [row.body.id, row]));
  const shown = loaded.of('stored');
  const isWhole = shown.every(({ found }) => isLastPage({ found, shown: shown.length }, PAGE_ROWS));
  if (attempts.length > 1 && !isWhole) throw new TooMuchTogether();
  const facts = new Map<number, LoadedSendFacts>();
  for (const attempt of attempts) {
    const pairing = pairings.get(attempt.pairingId);
    if (pairing === undefined) continue;
    const exception = await exceptionOf(tx, { campaign, attempt, stored, shown });
    const known = { campaign, attempt, pairing: pairing.body, loaded, exception };
    facts.set(attempt.pairingId, { userId: pairing.user_id, ...factsOf(known) });
  }
  return facts;
}

interface Sought {
  readonly campaign: Campaign;
  readonly attempt: DecidedPairing;
  readonly stored: StoredEventsRequest;
  /** The first page of what all of them did. */
  readonly shown: readonly StoredEventRow[];
}

async function exceptionOf(tx: Queryable, { campaign, attempt, stored, shown }: Sought): Promise<StreamEvent | null> {
  const { userId, trigger } = attempt;
  if (stored.userIds.length === 1) return await loadException(tx, { campaign, trigger, stored, first: shown });
  // AB-18: which events of the trigger's own second are after it, `firstExceptionAfter` tells.
  const since = startOfSecond(trigger.time);
  const own = shown.filter(({ user_id, body }) => user_id === userId && body.time >= since);
  const first = own.map((row) => ({ ...row, found: own.length }));
  return await loadException(tx, { campaign, trigger, stored: { ...stored, userIds: [userId], since }, first });
}

interface Known {
  readonly campaign: Campaign;
  readonly attempt: DecidedPairing;
  readonly pairing: PairingBody;
  readonly loaded: Loaded;
  readonly exception: StreamEvent | null;
}

function factsOf({ campaign, attempt, pairing, loaded, exception }: Known): Omit<LoadedSendFacts, 'userId'> {
  const { userId, profile, trigger, channels } = attempt;
  const { state, messages, generation, dueAt, plannedAt, wakeAt, claimedUntil, address } = pairing;
  const { revision: campaignRevision, ...current } = pairing.campaign;
  // Gates ignore the pairing's own messages: once one of its channels is received, the others are part of that receipt.
  const isReceived = messages.some((message) => message.state === 'sent');
  const known =
    profile === null ? null : { ...loaded.audienceFactsOf(userId), profile: withAddressState(profile, address) };
  return {
    state,
    campaignRevision,
    messages,
    facts: {
      campaign: { ...campaign, ...current },
      pairing: { generation, dueAt, plannedAt: plannedAt ?? dueAt, wakeAt, trigger },
      person: known === null ? null : { userId, ...known },
      receipt: isReceived ? null : receiptOf(loaded.of('receipt').filter(({ user_id }) => user_id === userId)),
      claimedUntil: isReceived ? null : claimedUntil,
      exception,
      pending: channels.filter(
        (channel) => !messages.some((message) => message.channel === channel && isSettled(message.state)),
      ),
    },
  };
}

/** SU-07: the state is the address's, also while its profiles are still to follow it: since when is told when they do. */
function withAddressState(profile: Profile, address: PairingBody['address']): Profile {
  if (address === null || (address.isFollowed && address.state !== 'unsubscribed')) return profile;
  if (profile.emailSubscription === address.state) return profile;
  return { ...profile, emailSubscription: address.state, emailSubscriptionSince: null };
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
