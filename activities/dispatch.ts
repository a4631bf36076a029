/** Calls the providers of claimed messages, settles what they answered, and leaves in doubt what they did not. */
import { refusalDelay, suspensionDelay } from '../domain/decision/sending/retry.js';
import { suspendChannel } from '../storage/queries/messages/channelSuspensions.js';
import { postponeDoubt } from '../storage/queries/messages/postponeDoubt.js';
import type { Delivery } from '../storage/queries/messages/selectDelivery.js';
import { holdPairing } from '../storage/queries/pairings/updatePairing.js';
import { isRefusedForGood } from '../storage/unavailable.js';
import { failpoint } from '../telemetry/failpoints.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { type Answered, type ProviderCall, timeoutOf } from './calls.js';
import { type ActivityDeps, about } from './deps.js';
import { holdUntil } from './holding/hold.js';
import type { Seats } from './holding/receivers.js';
import { planSettlement, settleWithRetries } from './settle.js';
import { UnsettledError } from './unsettledError.js';

export interface Dispatching {
  readonly delivery: Delivery;
  readonly calls: readonly ProviderCall[];
  readonly input: AttemptInput;
  /** The planned instant, for how late the send is. */
  readonly wakeAt: number;
  readonly seats: Seats;
}

export async function dispatch(deps: ActivityDeps, dispatching: Dispatching): Promise<AttemptAnswer> {
  const { delivery, calls, input } = dispatching;
  failpoint('claimed');
  const startedAt = Math.max(await deps.clock(), input.now);
  const answers = await Promise.all(
    calls.map(async (call) => {
      const options = { sendKey: call.sendKey, timeoutMs: timeoutOf(call.port, input), now: startedAt };
      return { call, result: await call.port.send(call.request, options) };
    }),
  );
  giveBack(deps, dispatching, answers);
  failpoint('after_provider_accept');
  const now = Math.max(await deps.clock(), input.now);

  const doubtful = answers.filter(staysInDoubt);
  const settlement = planSettlement(deps, {
    delivery,
    decided: answers.filter((answer) => !staysInDoubt(answer)),
    doubtful,
    now,
  });
  // Before anything else that may fail: what the provider answered must not be lost.
  if (settlement.results.length > 0) {
    const paired = await settleWithRetries(deps, settlement, { now, inline: input.inline }).catch((cause: unknown) => {
      throw isUnrepeatable(answers, cause) ? new UnsettledError(answers, cause) : cause;
    });
    failpoint('settled');
    // Another attempt has taken over: it, or the next wake, answers from the row.
    if (!paired) return holdUntil(delivery, { until: now, now, because: 'taken up by another attempt' });
  }
  for (const answer of answers) await observeResult(deps, { ...answer, dispatching, now });
  const { outcome, reason, wakeAt } = settlement.pairing;
  if (outcome !== null && reason !== null) {
    deps.observe.ended({ ...about(delivery), outcome, reason });
    return { kind: 'ended', outcome, reason };
  }
  if (doubtful.length > 0) return await leaveInDoubt(deps, { dispatching, doubtful, now });
  return holdUntil(delivery, { until: wakeAt ?? now, now, because: 'the provider refused for now' });
}

/** Before anything is written: what that takes is not the receiver's doing. */
function giveBack(deps: ActivityDeps, { seats, delivery }: Dispatching, answers: readonly Answered[]): void {
  if (seats.kind !== 'seated') return;
  const byReceiver = answers.map(({ call, result }) => [call.port.receiver(call.request), result] as const);
  if (seats.release(new Map(byReceiver)))
    deps.observe.warned({
      ...about(delivery),
      what: 'its receiver is asked by one message at a time',
      code: 'receiver_silent',
    });
}

/** The answers could not be stored now and never will be; to find them out again would send another copy. */
function isUnrepeatable(answers: readonly Answered[], cause: unknown): boolean {
  return isRefusedForGood(cause) && answers.some(({ call }) => !call.keyed);
}

/** A refusal speaks of its own request only: one sent before, and never answered, may have been taken all the same. */
function staysInDoubt({ call, result }: Answered): boolean {
  switch (result.kind) {
    case 'ambiguous':
      return true;
    case 'refused':
    case 'misconfigured':
      return call.resends > 0;
    case 'accepted':
    case 'rejected':
      return false;
  }
}

/** The claim stays: the next attempt repeats the stored request, at once with a key, else after the lease. */
async function leaveInDoubt(
  deps: ActivityDeps,
  {
    dispatching,
    doubtful,
    now,
  }: { readonly dispatching: Dispatching; readonly doubtful: readonly Answered[]; readonly now: number },
): Promise<AttemptAnswer> {
  const { delivery, input } = dispatching;
  const repeats: number[] = [];
  for (const { call, result } of doubtful) {
    if (call.keyed) repeats.push(now);
    else if (result.kind === 'ambiguous') repeats.push(call.leaseUntil);
    else if (result.kind !== 'accepted') {
      // Surely no second copy: it does not count as a repetition, and is made again when the provider may be back.
      const retryAfterMs = result.kind === 'refused' ? result.retryAfterMs : null;
      const until = now + refusalDelay(call.refusals + 1, retryAfterMs, deps.random());
      const { code, detail } = result;
      const { messageId, attempt } = call;
      await postponeDoubt(deps.pool, { messageId, attempt, until, code, detail }, now);
      repeats.push(until);
    }
  }
  if (input.inline && doubtful.every(({ call }) => call.keyed)) return { kind: 'escalate' };
  const until = Math.min(...repeats);
  await holdPairing(deps.pool, delivery.pairingId, { until });
  return holdUntil(delivery, { until, now, because: 'the provider has not answered' });
}

async function observeResult(
  deps: ActivityDeps,
  { call, result, dispatching, now }: Answered & { readonly dispatching: Dispatching; readonly now: number },
): Promise<void> {
  const subject = about(dispatching.delivery);
  switch (result.kind) {
    case 'accepted':
      deps.observe.sent({ ...subject, channel: call.channel, lateMs: now - dispatching.wakeAt });
      return;
    case 'misconfigured': {
      const { code, detail } = result;
      const retryAt = now + suspensionDelay(1);
      await suspendChannel(deps.pool, { channel: call.channel, code, detail, failures: 1, retryAt }, now);
      deps.observe.warned({ ...subject, what: `channel ${call.channel} suspended`, code });
      return;
    }
    case 'refused':
    case 'rejected':
    case 'ambiguous':
      deps.observe.warned({ ...subject, what: `${call.channel} ${result.kind}`, code: result.code });
      return;
  }
}
