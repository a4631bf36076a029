/**
 * A pairing found `sending`: an earlier attempt claimed and never settled. With a key its stored request is repeated
 * at once; without, only after the lease, as the channel's setting says. The gates are not run again: dispatch had begun.
 */

import { isSettled, pairingOutcome } from '../domain/decision/sending/outcome.js';
import { type InDoubtVerdict, resolveInDoubt } from '../domain/decision/sending/retry.js';
import { reclaimMessage } from '../storage/queries/messages/reclaimMessage.js';
import type { Delivery, StoredMessage } from '../storage/queries/messages/selectDelivery.js';
import { settleMessages } from '../storage/queries/messages/settleMessages.js';
import { holdPairing } from '../storage/queries/pairings/updatePairing.js';
import { lockUserRows } from '../storage/queries/people/lockUsers.js';
import { withTransaction } from '../storage/withTransaction.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { leaseEnd, type ProviderCall } from './calls.js';
import { type ActivityDeps, about } from './deps.js';
import { dispatch } from './dispatch.js';
import { holdUntil, putOff } from './holding/hold.js';
import { checkLacking } from './holding/lacking.js';

const GIVE_UP: InDoubtVerdict = { kind: 'giveUp' };

export interface Doubt {
  readonly delivery: Delivery;
  readonly input: AttemptInput;
  readonly now: number;
}

export async function resolveDoubt(deps: ActivityDeps, { delivery, input, now }: Doubt): Promise<AttemptAnswer> {
  const claimed = delivery.messages.filter((message) => message.state === 'claimed');
  // AB-58: a provider that stays away longer than any message may be late is not asked again.
  const isStale = now - delivery.plannedAt > deps.workspace.maxLatenessMs;
  const verdicts = claimed.map((message) => ({
    message,
    verdict: isStale && now >= (message.leaseUntil ?? 0) ? GIVE_UP : verdictOf(deps, { delivery, message, now }),
  }));
  const resend = verdicts.filter(({ verdict }) => verdict.kind === 'resend').map(({ message }) => message);
  if (resend.length > 0) {
    if (input.inline && resend.some((message) => !message.keyed)) return { kind: 'escalate' };
    return await repeat(deps, { resend, delivery, input, now });
  }
  const waiting = verdicts.flatMap(({ verdict }) => (verdict.kind === 'wait' ? [verdict.until] : []));
  if (waiting.length > 0) {
    const until = Math.min(...waiting);
    await holdPairing(deps.pool, delivery.pairingId, { until });
    return holdUntil(delivery, { until, now, because: 'the provider has not answered' });
  }
  return await giveUp(deps, { delivery, input, now });
}

async function repeat(
  deps: ActivityDeps,
  { resend, delivery, input, now }: Doubt & { readonly resend: readonly StoredMessage[] },
): Promise<AttemptAnswer> {
  const requests = resend.flatMap(({ channel, request }) => (request === null ? [] : [{ channel, request }]));
  // A copy without what it needs would be refused, and that would be taken for the receiver's answer to the first.
  const held = await checkLacking(deps, requests, { subject: about(delivery), now });
  if (held !== null) return await putOff(deps.pool, { delivery, held, now });
  const receivers = requests.map(({ channel, request }) => deps.channels[channel].receiver(request));
  const seats = await deps.receivers.seat(receivers, now);
  if (seats.kind === 'busy') return await putOff(deps.pool, { delivery, held: seats, now });
  try {
    const calls = await takeOver(deps, { resend, delivery, input, now });
    if (calls.length > 0) return await dispatch(deps, { delivery, calls, input, wakeAt: delivery.dueAt, seats });
    return holdUntil(delivery, { until: now, now, because: 'taken up by another attempt' });
  } finally {
    seats.release(new Map());
  }
}

interface Doubted {
  readonly delivery: Delivery;
  readonly message: StoredMessage;
  readonly now: number;
}

function verdictOf(deps: ActivityDeps, { delivery, message, now }: Doubted): InDoubtVerdict {
  const { keyed, resends } = message;
  const leaseUntil = message.leaseUntil ?? 0;
  // Deleted: what was under way is waited for, and nothing is repeated.
  if (delivery.user === null) return now < leaseUntil ? { kind: 'wait', until: leaseUntil } : GIVE_UP;
  const claim = { keyed, resends, claimedAt: message.claimedAt ?? 0, leaseUntil };
  return resolveInDoubt(claim, deps.channels[message.channel].onAmbiguous, now);
}

async function takeOver(
  deps: ActivityDeps,
  { resend, delivery, input, now }: Doubt & { readonly resend: readonly StoredMessage[] },
): Promise<readonly ProviderCall[]> {
  const calls: ProviderCall[] = [];
  for (const message of resend) {
    const port = deps.channels[message.channel];
    const leaseUntil = leaseEnd(port, input, now);
    const { id: messageId, channel, sendKey, keyed, request, refusals } = message;
    const reclaim = { messageId, attempt: message.attempt, leaseUntil };
    // Under the lock: for somebody who was deleted meanwhile nothing is claimed.
    const attempt = await withTransaction(deps.pool, async (tx) =>
      (await lockUserRows(tx, [delivery.userId])) === 0 ? null : await reclaimMessage(tx, reclaim, now),
    );
    if (attempt === null || request === null) continue;
    deps.observe.warned({
      ...about(delivery),
      what: `${channel} repeated after a lost answer`,
      code: 'in_doubt',
    });
    calls.push({
      port,
      messageId,
      channel,
      sendKey,
      keyed,
      request,
      leaseUntil,
      attempt,
      refusals,
      resends: message.resends + 1,
    });
  }
  return calls;
}

/** No answer, and no further copy is wanted: `unknown`, which counts as received and is shown as such. */
async function giveUp(deps: ActivityDeps, { delivery, now }: Doubt): Promise<AttemptAnswer> {
  const results = delivery.messages
    .filter((message) => message.state === 'claimed')
    .map((message) => ({
      messageId: message.id,
      attempt: message.attempt,
      state: 'unknown' as const,
      refused: false,
      reference: null,
      code: 'no_answer',
      detail: null,
    }));
  const rest = delivery.messages.filter((message) => isSettled(message.state));
  const { outcome, reason } = pairingOutcome([...rest, ...results]);
  const released = delivery.messages.some((message) => message.state === 'released');
  const paired = await settleMessages(
    deps.pool,
    {
      pairingId: delivery.pairingId,
      userId: delivery.userId,
      campaignId: delivery.campaign.id,
      campaignKey: delivery.campaign.key,
      results,
      pairing: released
        ? { state: 'waiting', outcome: null, reason: null, evidence: {}, wakeAt: now }
        : {
            state: 'done',
            outcome,
            reason,
            evidence: { resends: Math.max(0, ...delivery.messages.map((m) => m.resends)) },
            wakeAt: null,
          },
    },
    now,
  );
  if (!paired || released) return holdUntil(delivery, { until: now, now, because: 'something is left to send' });
  deps.observe.ended({ ...about(delivery), outcome, reason });
  return { kind: 'ended', outcome, reason };
}
