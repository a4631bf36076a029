/** When a message that did not go out is tried again, and when Rappel stops trying. Pure: the dice come as an argument. */

const MINUTE = 60_000;
/** WH-02: five attempts, exponentially spaced over about 30 minutes. */
const FIRST_DELAYS = [1 * MINUTE, 3 * MINUTE, 8 * MINUTE, 18 * MINUTE];
const LONGEST_DELAY = 60 * MINUTE;
const LONGEST_RETRY_AFTER = 24 * 60 * MINUTE;
const JITTER = 0.1;
/** A request with an idempotency key may be repeated this often before its fate is called unknown. */
const MAX_KEYED_RESENDS = 5;
/** One without key: each repeat may be a second copy. */
const MAX_UNKEYED_RESENDS = 2;

/**
 * After the `refusals`-th sure refusal (1 for the first): the pause in ms, at least what the provider asked for.
 * `dice` is in [0, 1).
 */
export function refusalDelay(refusals: number, retryAfterMs: number | null, dice: number): number {
  const delay = (FIRST_DELAYS[refusals - 1] ?? LONGEST_DELAY) * (1 - JITTER + 2 * JITTER * dice);
  return Math.round(Math.max(delay, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER)));
}

/** A suspended channel is checked again after 1 min, doubling to 1 h. */
export function suspensionDelay(failures: number): number {
  return Math.min(MINUTE * 2 ** (failures - 1), LONGEST_DELAY);
}

export interface InDoubt {
  readonly keyed: boolean;
  readonly claimedAt: number;
  readonly leaseUntil: number;
  /** How often it has been repeated already. */
  readonly resends: number;
}

export type InDoubtVerdict =
  | { readonly kind: 'resend' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'giveUp' };

/**
 * A claimed message whose provider never answered. With a key: the same request again, at once the first time.
 * Without: only after its lease, when nobody can still be sending it, and only if the channel prefers a second
 * copy to none.
 */
export function resolveInDoubt(message: InDoubt, policy: 'resend' | 'assumeSent', now: number): InDoubtVerdict {
  if (message.keyed) {
    if (message.resends >= MAX_KEYED_RESENDS) return { kind: 'giveUp' };
    const pause = message.resends === 0 ? 0 : (FIRST_DELAYS[message.resends - 1] ?? LONGEST_DELAY);
    const until = message.claimedAt + pause;
    return now >= until ? { kind: 'resend' } : { kind: 'wait', until };
  }
  if (now < message.leaseUntil) return { kind: 'wait', until: message.leaseUntil };
  if (policy === 'assumeSent' || message.resends >= MAX_UNKEYED_RESENDS) return { kind: 'giveUp' };
  return { kind: 'resend' };
}
