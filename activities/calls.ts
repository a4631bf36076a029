/** A claimed message on its way to its provider, and what the provider answered. */
import type { Channel, SendResult } from '../channels/channel.js';
import type { NewClaim } from '../storage/queries/messages/claimMessages.js';
import type { AttemptInput } from '../workflows/contracts.js';

/** A lease outlives the provider's time by this much, so that nobody repeats a call that is still under way. */
const LEASE_MARGIN_MS = 5_000;
/** Of the 6 s an inline attempt has in all. */
const INLINE_TIMEOUT_MS = 4_000;

export interface ProviderCall extends NewClaim {
  readonly port: Channel;
  readonly messageId: number;
  readonly attempt: number;
  readonly refusals: number;
  /** Above 0: an earlier request of this message was never answered. */
  readonly resends: number;
}

export interface Answered {
  readonly call: ProviderCall;
  readonly result: SendResult;
}

export function leaseEnd(port: Channel, input: Pick<AttemptInput, 'inline'>, now: number): number {
  return now + timeoutOf(port, input) + LEASE_MARGIN_MS;
}

export function timeoutOf(port: Channel, { inline }: Pick<AttemptInput, 'inline'>): number {
  return inline ? Math.min(INLINE_TIMEOUT_MS, port.timeoutMs) : port.timeoutMs;
}
