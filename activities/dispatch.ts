/** Calls the providers of claimed messages and settles what they answered. A failed settle is retried alone. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Channel, SendResult } from '../channels/channel.js';
import { isSettled, type MessageResult, pairingOutcome } from '../domain/decision/outcome.js';
import { refusalDelay, suspensionDelay } from '../domain/decision/retry.js';
import type { JsonObject } from '../domain/json.js';
import { suspendChannel } from '../storage/queries/channelSuspensions.js';
import type { NewClaim } from '../storage/queries/claimMessages.js';
import type { Delivery } from '../storage/queries/selectDelivery.js';
import { type MessageSettlement, type Settlement, settleMessages } from '../storage/queries/settleMessages.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { holdUntil } from './decideAndClaim.js';
import type { ActivityDeps } from './deps.js';

/** A lease outlives the provider's time by this much, so that nobody repeats a call that is still under way. */
const LEASE_MARGIN_MS = 5_000;
/** Of the 6 s an inline attempt has in all. */
const INLINE_TIMEOUT_MS = 4_000;
const SETTLE_ATTEMPTS = 5;

export interface ProviderCall extends NewClaim {
  readonly port: Channel;
  readonly messageId: number;
  readonly attempt: number;
  readonly refusals: number;
  readonly resends: number;
}

export interface Dispatching {
  readonly delivery: Delivery;
  readonly calls: readonly ProviderCall[];
  readonly input: AttemptInput;
  /** The planned instant, for how late the send is. */
  readonly wakeAt: number;
}

export function leaseEnd(port: Channel, input: Pick<AttemptInput, 'inline'>, now: number): number {
  return now + timeoutOf(port, input) + LEASE_MARGIN_MS;
}

function timeoutOf(port: Channel, { inline }: Pick<AttemptInput, 'inline'>): number {
  return inline ? Math.min(INLINE_TIMEOUT_MS, port.timeoutMs) : port.timeoutMs;
}

export async function dispatch(deps: ActivityDeps, dispatching: Dispatching): Promise<AttemptAnswer> {
  const { delivery, calls, input } = dispatching;
  const startedAt = Math.max(await deps.clock(), input.now);
  const answers = await Promise.all(
    calls.map(async (call) => {
      const options = { sendKey: call.sendKey, timeoutMs: timeoutOf(call.port, input), now: startedAt };
      return { call, result: await call.port.send(call.request, options) };
    }),
  );
  const now = Math.max(await deps.clock(), input.now);
  for (const { call, result } of answers) await observeResult(deps, { call, result, dispatching, now });

  const decided = answers.filter(({ result }) => result.kind !== 'ambiguous');
  const doubtful = answers.filter(({ result }) => result.kind === 'ambiguous');
  const settlements = decided.map(({ call, result }) => settlementOf(call, result));
  const settlement = settle(deps, { dispatching, settlements, answers, now });
  if (settlement.results.length > 0) {
    const paired = await settleWithRetries(deps, settlement, now);
    // Another attempt has taken over: it, or the next wake, answers from the row.
    if (!paired) return holdUntil(delivery, { until: now, now, because: 'taken up by another attempt' });
  }
  const { outcome, reason, wakeAt } = settlement.pairing;
  if (outcome !== null && reason !== null) {
    deps.observe.ended({ pairingId: delivery.pairingId, outcome, reason });
    return { kind: 'ended', outcome, reason };
  }
  if (doubtful.length > 0) {
    // The claim stays: the next attempt repeats the stored request, at once with a key, else after the lease.
    const keyed = doubtful.every(({ call }) => call.keyed);
    if (keyed && input.inline) return { kind: 'escalate' };
    const until = keyed ? now : Math.max(...doubtful.map(({ call }) => call.leaseUntil));
    return holdUntil(delivery, { until, now, because: 'the provider has not answered' });
  }
  return holdUntil(delivery, { until: wakeAt ?? now, now, because: 'the provider refused for now' });
}

interface Answered {
  readonly call: ProviderCall;
  readonly result: SendResult;
}

function settlementOf(call: ProviderCall, result: SendResult): MessageSettlement {
  const base = { messageId: call.messageId, attempt: call.attempt, reference: null, refused: false };
  switch (result.kind) {
    case 'accepted':
      return { ...base, state: 'sent', reference: result.reference, code: null, detail: null };
    case 'rejected':
      return { ...base, state: 'failed', code: result.code, detail: result.detail };
    case 'refused': {
      const exhausted = call.port.maxRefusals !== null && call.refusals + 1 >= call.port.maxRefusals;
      const { code, detail } = result;
      if (exhausted)
        return { ...base, state: 'failed', refused: true, code: 'retries_exhausted', detail: `${code}: ${detail}` };
      return { ...base, state: 'released', refused: true, code, detail };
    }
    case 'misconfigured':
      return { ...base, state: 'released', code: result.code, detail: result.detail };
    case 'ambiguous':
      throw new Error('an ambiguous answer is not settled');
  }
}

interface Settling {
  readonly dispatching: Dispatching;
  readonly settlements: readonly MessageSettlement[];
  readonly answers: readonly Answered[];
  readonly now: number;
}

function settle(deps: ActivityDeps, { dispatching, settlements, answers, now }: Settling): Settlement {
  const { delivery, calls } = dispatching;
  const untouched = delivery.messages.filter((message) => !calls.some((call) => call.channel === message.channel));
  const open =
    answers.some(({ result }) => result.kind === 'ambiguous') || untouched.some(({ state }) => state === 'claimed');
  const released =
    settlements.some(({ state }) => state === 'released') || untouched.some(({ state }) => !isSettled(state));
  const base = {
    pairingId: delivery.pairingId,
    userId: delivery.userId,
    campaignId: delivery.campaign.id,
    campaignKey: delivery.campaign.key,
    results: settlements,
  };
  if (open) return { ...base, pairing: { state: 'sending', outcome: null, reason: null, evidence: {}, wakeAt: null } };
  if (released) {
    const wakeAt = now + Math.max(1_000, ...answers.map((answer) => pauseAfter(deps, answer)));
    return { ...base, pairing: { state: 'waiting', outcome: null, reason: null, evidence: {}, wakeAt } };
  }
  const results: MessageResult[] = [...untouched, ...settlements];
  const failure = settlements.find(({ state }) => state === 'failed');
  const evidence: JsonObject = failure === undefined ? {} : { code: failure.code };
  return { ...base, pairing: { state: 'done', ...pairingOutcome(results), evidence, wakeAt: null } };
}

function pauseAfter(deps: ActivityDeps, { call, result }: Answered): number {
  switch (result.kind) {
    case 'refused':
      return refusalDelay(call.refusals + 1, result.retryAfterMs, deps.random());
    case 'misconfigured':
      return suspensionDelay(1);
    case 'accepted':
    case 'rejected':
    case 'ambiguous':
      return 0;
  }
}

async function observeResult(
  deps: ActivityDeps,
  { call, result, dispatching, now }: Answered & { readonly dispatching: Dispatching; readonly now: number },
): Promise<void> {
  const { pairingId } = dispatching.delivery;
  switch (result.kind) {
    case 'accepted':
      deps.observe.sent({ pairingId, channel: call.channel, lateMs: now - dispatching.wakeAt });
      return;
    case 'misconfigured': {
      const { code, detail } = result;
      const retryAt = now + suspensionDelay(1);
      await suspendChannel(deps.pool, { channel: call.channel, code, detail, failures: 1, retryAt }, now);
      deps.observe.warned({ pairingId, what: `channel ${call.channel} suspended`, code });
      return;
    }
    case 'refused':
    case 'rejected':
    case 'ambiguous':
      deps.observe.warned({ pairingId, what: `${call.channel} ${result.kind}`, code: result.code });
      return;
  }
}

/** The provider has answered: only the settling is repeated, never the call. */
async function settleWithRetries(deps: ActivityDeps, settlement: Settlement, now: number): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await settleMessages(deps.pool, settlement, now);
    } catch (error) {
      if (attempt >= SETTLE_ATTEMPTS) throw error;
      await wait(100 * 2 ** attempt);
    }
  }
}
