/** What a pairing's messages, one per channel, say of the pairing as a whole: sent if any was (FC-06: one receipt). */
import type { Outcome, Reason } from '../reasons.js';

export const MESSAGE_STATES = [
  'claimed',
  'released',
  'sent',
  'failed',
  'unknown',
  'unreachable',
  'aborted',
  'cancelled',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export interface MessageResult {
  readonly state: MessageState;
  /** Our own short word for a failure, as `http_404`. */
  readonly code: string | null;
}

/** Whether a message has its outcome: such a channel is never attempted again. */
export function isSettled(state: MessageState): boolean {
  return state !== 'claimed' && state !== 'released';
}

export function pairingOutcome(messages: readonly MessageResult[]): { outcome: Outcome; reason: Reason } {
  const first = (state: MessageState) => messages.find((message) => message.state === state);
  if (first('sent') !== undefined) return { outcome: 'sent', reason: 'sent' };
  if (first('unknown') !== undefined) return { outcome: 'unknown', reason: 'no_answer' };
  const failed = first('failed');
  if (failed !== undefined) return { outcome: 'failed', reason: failureReason(failed.code) };
  if (first('aborted') !== undefined) return { outcome: 'dropped', reason: 'aborted' };
  return { outcome: 'dropped', reason: 'unreachable' };
}

function failureReason(code: string | null): Reason {
  if (code === 'retries_exhausted' || code === 'invalid_message') return code;
  return 'rejected_by_provider';
}
