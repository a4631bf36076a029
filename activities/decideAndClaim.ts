/**
 * The deciding transaction of an attempt: lock the person, read fresh facts, decide; on `send` claim the rendered
 * requests. Dispatch begins when it commits; any exception, edit or stop that committed before wins.
 */

import { decide } from '../domain/decision/decide.js';
import { exceptionFired } from '../domain/decision/effects.js';
import { EvaluationError, evaluating } from '../domain/decision/evaluation.js';
import { type MessageResult, pairingOutcome } from '../domain/decision/sending/outcome.js';
import { type HoldReason, type Verdict } from '../domain/decision/verdict.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Profile } from '../domain/profile/profile.js';
import { loadSendFacts } from '../facts/loadSendFacts.js';
import type { TransactionClient } from '../storage/pool.js';
import { readRevision } from '../storage/queries/events/readRevision.js';
import { claimMessages, type NewClaim, type SkippedMessage } from '../storage/queries/messages/claimMessages.js';
import type { Delivery } from '../storage/queries/messages/selectDelivery.js';
import { endPairing, holdPairing } from '../storage/queries/pairings/updatePairing.js';
import { lockUsers } from '../storage/queries/people/lockUsers.js';
import { withTransaction } from '../storage/withTransaction.js';
import { numberEvents } from '../stream/numberEvents.js';
import { recordFollowUps } from '../stream/recordFollowUps.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { leaseEnd, type ProviderCall } from './calls.js';
import { type Composed, compose } from './compose.js';
import { type ActivityDeps, about } from './deps.js';
import { type Held, holdUntil, putOff } from './holding/hold.js';

export interface Deciding {
  readonly delivery: Delivery;
  readonly composed: Composed;
  readonly input: AttemptInput;
  readonly now: number;
  readonly renderUnderLock: boolean;
  /** What would be sent holds, as a channel is suspended or a receiver has no seat. */
  readonly held: Held | null;
}

export type Claimed =
  | { readonly kind: 'answer'; readonly answer: AttemptAnswer }
  /** The campaign or the person changed since rendering. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'claimed'; readonly calls: readonly ProviderCall[]; readonly wakeAt: number };

export async function decideAndClaim(deps: ActivityDeps, deciding: Deciding): Promise<Claimed> {
  const claimed = await withTransaction(deps.pool, (tx) => decideUnderLock(deps, tx, deciding));
  if (claimed.kind === 'answer' && claimed.answer.kind === 'ended') {
    deps.observe.ended({ ...about(deciding.delivery), ...claimed.answer });
  }
  return claimed;
}

async function decideUnderLock(deps: ActivityDeps, tx: TransactionClient, deciding: Deciding): Promise<Claimed> {
  const { delivery, now, input } = deciding;
  let { composed } = deciding;
  const [user] = await lockUsers(tx, [delivery.userId]);
  const loaded = await loadSendFacts(tx, {
    pairingId: delivery.pairingId,
    userId: delivery.userId,
    campaign: delivery.campaign,
    channels: composed.channels,
    trigger: delivery.trigger,
    profile: user?.profile ?? null,
    now,
  });
  // Settled or taken up by another attempt meanwhile: look again from the start.
  if (loaded === null || loaded.state !== 'waiting') return { kind: 'changed' };
  if (loaded.campaignVersion !== composed.campaignVersion) return { kind: 'changed' };

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
      const ended = await endPairing(
        tx,
        { pairingId: delivery.pairingId, from: ['waiting'], outcome, reason, evidence },
        now,
      );
      if (ended === null) return { kind: 'changed' };
      await recordException(tx, deps, { delivery, by: loaded.facts.exception, profile: user?.profile ?? null, now });
      return { kind: 'answer', answer: { kind: 'ended', ...ended } };
    }
    case 'send':
      break;
  }
  if (deciding.held !== null) {
    return { kind: 'answer', answer: await putOff(tx, { delivery, held: deciding.held, now }) };
  }
  if ((user?.version ?? null) !== composed.userVersion) {
    if (!deciding.renderUnderLock || user === undefined) return { kind: 'changed' };
    composed = await compose(deps, { ...delivery, user });
  }
  return await claim(tx, { deps, delivery, composed, verdict, input, now, wakeAt: loaded.facts.pairing.wakeAt });
}

interface Claiming {
  readonly deps: ActivityDeps;
  readonly delivery: Delivery;
  readonly composed: Composed;
  readonly verdict: Extract<Verdict, { kind: 'send' }>;
  readonly input: AttemptInput;
  readonly now: number;
  readonly wakeAt: number;
}

async function claim(tx: TransactionClient, claiming: Claiming): Promise<Claimed> {
  const { deps, delivery, composed, input, now, wakeAt } = claiming;
  const { claims, skipped } = plan(claiming);
  // A send that needs more time than an inline attempt has is claimed by the normal activity.
  if (input.inline && claims.some((each) => !each.keyed)) return { kind: 'answer', answer: { kind: 'escalate' } };
  const claimed = await claimMessages(
    tx,
    {
      pairingId: delivery.pairingId,
      campaignId: delivery.campaign.id,
      campaignVersion: composed.campaignVersion,
      userId: delivery.userId,
      variant: delivery.variant.key,
      claims,
      skipped,
    },
    now,
  );
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
  const ended = await endPairing(tx, end, now);
  return ended === null ? { kind: 'changed' } : { kind: 'answer', answer: { kind: 'ended', ...ended } };
}

/** What each channel of a `send` verdict becomes: a claim, or an end without a send. */
function plan({ deps, composed, verdict, input, now }: Claiming): {
  readonly claims: readonly NewClaim[];
  readonly skipped: readonly SkippedMessage[];
} {
  const claims: NewClaim[] = [];
  const skipped: SkippedMessage[] = [];
  for (const [channel, message] of composed.messages) {
    const unreachable = verdict.unreachable[channel];
    const base = { channel, sendKey: message.sendKey };
    if (unreachable !== undefined) {
      skipped.push({ ...base, state: 'unreachable', code: unreachable, detail: null });
      continue;
    }
    switch (message.kind) {
      case 'request': {
        const leaseUntil = leaseEnd(deps.channels[channel], input, now);
        claims.push({ ...base, keyed: message.keyed, request: message.request, leaseUntil });
        break;
      }
      case 'aborted':
        skipped.push({ ...base, state: 'aborted', code: 'liquid_abort_message', detail: message.detail });
        break;
      case 'invalid':
        skipped.push({ ...base, state: 'failed', code: 'invalid_message', detail: message.detail });
        break;
      case 'failed':
        throw new EvaluationError('template_failed', `${channel} template: ${message.detail}`);
    }
  }
  return { claims, skipped };
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
  deps: ActivityDeps,
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
