/**
 * The deciding transaction of attempts: lock the people, read fresh facts, decide; on `send` claim the rendered
 * requests. Dispatch begins when it commits; any exception, edit or stop that committed before wins.
 */

import { decide } from '../../domain/decision/decide.js';
import { exceptionFired } from '../../domain/decision/effects.js';
import { evaluating } from '../../domain/decision/evaluation.js';
import { type MessageResult, pairingOutcome } from '../../domain/decision/sending/outcome.js';
import { type HoldReason } from '../../domain/decision/verdict.js';
import type { StreamEvent } from '../../domain/event/streamEvent.js';
import type { Profile } from '../../domain/profile/profile.js';
import { type LoadedSendFacts, loadSendFacts } from '../../facts/loadSendFacts.js';
import type { TransactionClient } from '../../storage/pool.js';
import { readRevision } from '../../storage/queries/events/readRevision.js';
import { type Claim, type ClaimRequest, claimMessages } from '../../storage/queries/messages/claimMessages.js';
import type { Delivery } from '../../storage/queries/messages/selectDelivery.js';
import { endPairing, holdPairing } from '../../storage/queries/pairings/updatePairing.js';
import { type LockedUser, lockUsers } from '../../storage/queries/people/lockUsers.js';
import { numberEvents } from '../../stream/numberEvents.js';
import { recordFollowUps } from '../../stream/recordFollowUps.js';
import type { ProviderCall } from '../calls.js';
import { compose } from '../compose.js';
import type { DecidingDeps } from '../deps.js';
import { holdUntil, putOff } from '../holding/hold.js';
import type { Claimed, Deciding } from './deciding.js';
import { planClaims } from './planClaims.js';

/** In one transaction, of different people and one version of a campaign; an answer for each, in their order. */
export async function decideUnderLock(
  deps: DecidingDeps,
  tx: TransactionClient,
  batch: readonly Deciding[],
): Promise<readonly Claimed[]> {
  const users = await lockUsers(
    tx,
    batch.map(({ delivery }) => delivery.userId),
  );
  const userOf = new Map(users.map((user) => [user.id, user]));
  const loaded = await loadAll(tx, batch, userOf);
  const decided: Decided[] = [];
  for (const deciding of batch) {
    const { pairingId, userId } = deciding.delivery;
    decided.push(
      await decideOne(deps, tx, {
        ...deciding,
        user: userOf.get(userId) ?? null,
        loaded: loaded.get(pairingId) ?? null,
      }),
    );
  }
  const requests = decided.flatMap((each) => (each.kind === 'claiming' ? [each.request] : []));
  const claimed = await claimMessages(tx, requests);
  const answers: Claimed[] = [];
  for (const each of decided) {
    if (each.kind === 'claiming') {
      const own = claimed.filter(({ pairingId }) => pairingId === each.request.pairingId);
      answers.push(await afterClaim(deps, tx, each, own));
    } else answers.push(each);
  }
  return answers;
}

async function loadAll(
  tx: TransactionClient,
  batch: readonly Deciding[],
  users: ReadonlyMap<number, LockedUser>,
): Promise<ReadonlyMap<number, LoadedSendFacts>> {
  const [first] = batch;
  if (first === undefined) return new Map();
  const attempts = batch.map(({ delivery: { pairingId, userId, trigger }, composed: { channels }, now }) => {
    const profile = users.get(userId)?.profile ?? null;
    return { pairingId, userId, trigger, channels, profile, now };
  });
  return await loadSendFacts(tx, { campaign: first.delivery.campaign, attempts });
}

interface Locked extends Deciding {
  readonly user: LockedUser | null;
  readonly loaded: LoadedSendFacts | null;
}

interface Claiming {
  readonly kind: 'claiming';
  readonly delivery: Delivery;
  readonly request: ClaimRequest;
  readonly wakeAt: number;
}

type Decided = Claimed | Claiming;

async function decideOne(deps: DecidingDeps, tx: TransactionClient, locked: Locked): Promise<Decided> {
  const { delivery, now, input, user, loaded } = locked;
  let { composed } = locked;
  // Settled or taken up by another attempt meanwhile: look again from the start.
  if (loaded === null || loaded.state !== 'waiting') return { kind: 'changed' };
  // Merged into another person since it was read: that one is not locked.
  if (loaded.userId !== delivery.userId) return { kind: 'changed' };
  if (loaded.campaignRevision !== composed.campaignRevision) return { kind: 'changed' };

  const verdict = evaluating(() => decide(loaded.facts, deps.workspace, now));
  switch (verdict.kind) {
    case 'hold': {
      await holdPairing(tx, delivery.pairingId, { until: verdict.until, byRules: BY_RULES.has(verdict.because) });
      return {
        kind: 'answer',
        answer: holdUntil(delivery, { until: verdict.until, now, because: HOLD_WORDS[verdict.because] }),
      };
    }
    case 'end': {
      const { outcome, reason, evidence } = verdict;
      const end = { pairingId: delivery.pairingId, from: ['waiting'] as const, outcome, reason, evidence };
      const ended = await endPairing(tx, end, now);
      if (ended === null) return { kind: 'changed' };
      await recordException(tx, deps, { delivery, by: loaded.facts.exception, profile: user?.profile ?? null, now });
      return { kind: 'answer', answer: { kind: 'ended', ...ended } };
    }
    case 'send':
      break;
  }
  if (locked.held !== null) {
    return { kind: 'answer', answer: await putOff(tx, { delivery, held: locked.held, now }) };
  }
  if ((user?.version ?? null) !== composed.userVersion) {
    if (!locked.renderUnderLock || user === null) return { kind: 'changed' };
    composed = await compose(deps, { ...delivery, user });
  }
  const { claims, skipped } = planClaims(deps, { composed, verdict, input, now });
  // A send that needs more time than an inline attempt has is claimed by the normal activity.
  if (input.inline && claims.some((each) => !each.keyed)) return { kind: 'answer', answer: { kind: 'escalate' } };
  return {
    kind: 'claiming',
    delivery,
    request: {
      pairingId: delivery.pairingId,
      campaignId: delivery.campaign.id,
      campaignRevision: composed.campaignRevision,
      userId: delivery.userId,
      variant: delivery.variant.key,
      claims,
      skipped,
      now,
    },
    wakeAt: loaded.facts.pairing.wakeAt,
  };
}

async function afterClaim(
  deps: DecidingDeps,
  tx: TransactionClient,
  { delivery, request, wakeAt }: Claiming,
  claimed: readonly Claim[],
): Promise<Claimed> {
  const { claims, skipped } = request;
  if (claims.length > 0) {
    if (claimed.length < claims.length) return { kind: 'changed' };
    const calls = claimed.flatMap((each): ProviderCall[] => {
      const wanted = claims.find(({ channel }) => channel === each.channel);
      const refusals = delivery.messages.find(({ channel }) => channel === each.channel)?.refusals ?? 0;
      const port = deps.channels[each.channel];
      return wanted === undefined
        ? []
        : [{ ...wanted, port, messageId: each.id, attempt: each.attempt, refusals, resends: 0 }];
    });
    return { kind: 'claimed', calls, wakeAt };
  }
  const results: MessageResult[] = [...delivery.messages, ...skipped];
  const { outcome, reason } = pairingOutcome(results);
  const evidence = Object.fromEntries(skipped.map(({ channel, code, detail }) => [channel, detail ?? code]));
  const end = { pairingId: delivery.pairingId, from: ['waiting'] as const, outcome, reason, evidence };
  const ended = await endPairing(tx, end, request.now);
  return ended === null ? { kind: 'changed' } : { kind: 'answer', answer: { kind: 'ended', ...ended } };
}

interface FoundException {
  readonly delivery: Delivery;
  readonly by: StreamEvent | null;
  readonly profile: Profile | null;
  readonly now: number;
}

/** CO-07: an exception found only now, as the message was being sent when it was recorded, is an event all the same. */
async function recordException(
  tx: TransactionClient,
  deps: DecidingDeps,
  { delivery, by, profile, now }: FoundException,
): Promise<void> {
  if (by === null || profile === null) return;
  const { campaign, trigger, pairingId, chainDepth } = delivery;
  const pairing = { id: pairingId, campaignId: campaign.id, trigger, chainDepth };
  const { revision } = await readRevision(tx, 0);
  for (const event of await numberEvents(tx, [exceptionFired({ pairing, campaign, by })], now)) {
    await recordFollowUps(tx, deps, { event, revision, profile, now });
  }
}

/** Holds that the campaign asked for; the others are ours. */
const BY_RULES: ReadonlySet<HoldReason> = new Set(['window', 'quiet_hours']);

const HOLD_WORDS = {
  not_due: 'not due before',
  window: 'its window opens',
  quiet_hours: 'its quiet hours end',
  another_send: 'another message of the campaign is being sent',
} as const;
