/** The answer "not now": until when, and the sentence that the Temporal UI shows of the wait. */
import { describeWait } from '../../domain/campaign/words/describe.js';
import { HELD_FOR, type HeldFor } from '../../domain/decision/sending/heldFor.js';
import type { Queryable } from '../../storage/pool.js';
import type { Delivery } from '../../storage/queries/messages/selectDelivery.js';
import { holdPairing } from '../../storage/queries/pairings/updatePairing.js';
import type { AttemptAnswer } from '../../workflows/contracts.js';

/** What keeps a message that would be sent from being sent now. */
export interface Held {
  /** Epoch ms. */
  readonly until: number;
  readonly heldFor: HeldFor;
}

/** Writes the hold to the pairing's row, and answers it. */
export async function putOff(
  db: Queryable,
  { delivery, held, now }: { readonly delivery: Delivery; readonly held: Held; readonly now: number },
): Promise<AttemptAnswer> {
  const { until, heldFor } = held;
  await holdPairing(db, delivery.pairingId, { until, heldFor });
  return holdUntil(delivery, { until, now, because: HELD_FOR[heldFor] });
}

export interface Hold {
  readonly until: number;
  readonly now: number;
  readonly because: string;
}

/** A hold is at least a second, so that a clock a little behind cannot make a run spin. */
export function holdUntil(delivery: Delivery, { until, now, because }: Hold): AttemptAnswer {
  const wake = Math.max(until, now + 1_000);
  const { campaign } = delivery;
  return { kind: 'hold', until: wake, summary: describeWait({ campaign, until: wake, because }) };
}
