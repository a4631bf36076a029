/** Every reason a pairing or a candidate may end with: the words for each are in `domain/explain`. */
export const REASONS = [
  // Entry: the trigger matched and the person did not enter (rows in `rejections`).
  'too_old',
  'before_launch',
  'original_not_active',
  'before_start',
  'after_end',
  'outside_audience',
  'outside_window',
  'already_received',
  'not_yet_re_eligible',
  'past_due',
  'loop',
  'too_many_waiting',
  // While waiting or at the due instant (outcomes `cancelled` and `dropped`).
  'exception',
  'campaign_stopped',
  'campaign_archived',
  'cancelled_by_operator',
  'user_deleted',
  'stale',
  'left_audience',
  'quiet_hours',
  'unreachable',
  'aborted',
  // At the provider (outcomes `sent`, `failed`, `unknown`).
  'sent',
  'rejected_by_provider',
  'retries_exhausted',
  'invalid_message',
  'no_answer',
] as const;
export type Reason = (typeof REASONS)[number];

export const PAIRING_STATES = ['waiting', 'sending', 'available', 'parked', 'done'] as const;
export type PairingState = (typeof PAIRING_STATES)[number];

export const OUTCOMES = ['sent', 'cancelled', 'dropped', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];
