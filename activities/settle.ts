/** What the providers' answers make of a pairing, and its one statement, repeated alone until the database takes it. */
import { setTimeout as wait } from 'node:timers/promises';
import { isSettled, type MessageResult, pairingOutcome } from '../domain/decision/sending/outcome.js';
import { refusalDelay, suspensionDelay } from '../domain/decision/sending/retry.js';
import type { JsonObject } from '../domain/json.js';
import { storableText } from '../domain/schema/storableText.js';
import type { Delivery, StoredMessage } from '../storage/queries/messages/selectDelivery.js';
import type { MessageSettlement, Settlement } from '../storage/queries/messages/settleMessages.js';
import { isRefusedForGood } from '../storage/unavailable.js';
import { recordSettlement } from '../stream/recordSettlement.js';
import type { Answered } from './calls.js';
import type { ActivityDeps } from './deps.js';

/** With the provider's own time within the 60 s of an attempt, and within the 6 s of an inline one. */
const SETTLE_FOR_MS = 25_000;
const SETTLE_INLINE_FOR_MS = 1_500;
const LONGEST_PAUSE_MS = 2_000;

export interface Settling {
  readonly delivery: Delivery;
  readonly decided: readonly Answered[];
  /** Claims that stay open: nobody knows yet. */
  readonly doubtful: readonly Answered[];
  readonly now: number;
}

export function planSettlement(deps: ActivityDeps, { delivery, decided, doubtful, now }: Settling): Settlement {
  const calls = [...decided, ...doubtful].map(({ call }) => call);
  const untouched = delivery.messages.filter((message) => !calls.some((call) => call.channel === message.channel));
  const results = decided.map(settlementOf);
  const base = {
    pairingId: delivery.pairingId,
    userId: delivery.userId,
    campaignId: delivery.campaign.id,
    campaignKey: delivery.campaign.key,
    results,
  };
  if (doubtful.length > 0 || untouched.some(({ state }) => state === 'claimed')) {
    return { ...base, pairing: { state: 'sending', outcome: null, reason: null, evidence: {}, wakeAt: null } };
  }
  const released = untouched.filter(({ state }) => !isSettled(state));
  if (released.length > 0 || results.some(({ state }) => state === 'released')) {
    const pauses = [
      ...decided.map((answer) => pauseAfter(deps, answer)),
      ...released.map((message) => pauseOf(deps, message)),
    ];
    const wakeAt = now + Math.max(1_000, ...pauses);
    return { ...base, pairing: { state: 'waiting', outcome: null, reason: null, evidence: {}, wakeAt } };
  }
  const all: MessageResult[] = [...untouched, ...results];
  const failure = results.find(({ state }) => state === 'failed');
  const evidence: JsonObject = failure === undefined ? {} : { code: failure.code };
  return { ...base, pairing: { state: 'done', ...pairingOutcome(all), evidence, wakeAt: null } };
}

function settlementOf({ call, result }: Answered): MessageSettlement {
  const base = { messageId: call.messageId, attempt: call.attempt, reference: null, refused: false };
  switch (result.kind) {
    case 'accepted':
      return { ...base, state: 'sent', reference: result.reference, code: null, detail: null };
    case 'rejected': {
      const { code, detail } = result;
      // A receiver that honours the key would have confirmed what it has; others may hold the copy sent before.
      if (call.resends > 0 && !call.keyed) return { ...base, state: 'unknown', code, detail };
      return { ...base, state: 'failed', code, detail };
    }
    case 'refused': {
      const exhausted = call.port.maxRefusals !== null && call.refusals + 1 >= call.port.maxRefusals;
      const { code, detail } = result;
      if (exhausted)
        return {
          ...base,
          state: 'failed',
          refused: true,
          code: 'retries_exhausted',
          detail: storableText(`${code}: ${detail}`),
        };
      return { ...base, state: 'released', refused: true, code, detail };
    }
    case 'misconfigured':
      return { ...base, state: 'released', code: result.code, detail: result.detail };
    case 'ambiguous':
      throw new Error('an ambiguous answer is not settled');
  }
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

/** Of a channel refused in an earlier round, while another was in doubt. */
function pauseOf(deps: ActivityDeps, { refusals }: StoredMessage): number {
  return refusals === 0 ? suspensionDelay(1) : refusalDelay(refusals, null, deps.random());
}

/** The provider has answered: only the settling is repeated, never the call. */
export async function settleWithRetries(
  deps: ActivityDeps,
  settlement: Settlement,
  { now, inline }: { readonly now: number; readonly inline: boolean },
): Promise<boolean> {
  // Real time, whatever the Clock port says: it bounds this process, and decides nothing about the message.
  const deadline = performance.now() + (inline ? SETTLE_INLINE_FOR_MS : SETTLE_FOR_MS);
  for (let pause = 100; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await recordSettlement(deps.pool, deps, settlement, now);
    } catch (error) {
      if (isRefusedForGood(error) || performance.now() + pause > deadline) throw error;
      await wait(pause);
    }
  }
}
