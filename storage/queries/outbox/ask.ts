/** What rows of the outbox are about. */
export type OutboxTarget = 'pairing';

/** `close`: the pairing has ended without its run, which is told the outcome. */
export type PairingKind = 'start' | 'close' | 'rescheduled' | 'wake';

/** What is asked for already stays one row, as it is. */
export const ASKED_ONCE = `on conflict on constraint outbox_asked_once do nothing`;

/** It is carried out after now, so that a drain that is carrying it out at this moment does not delete it as done. */
export const ASKED_ANEW = `
  on conflict on constraint outbox_asked_once do update set available_at = clock_timestamp(), attempts = 0
`;
