/** The answer "not now": until when, and the sentence that the Temporal UI shows of the wait. */
import { describeWait } from '../domain/campaign/describe.js';
import type { Delivery } from '../storage/queries/messages/selectDelivery.js';
import type { AttemptAnswer } from '../workflows/contracts.js';

export interface Hold {
  readonly until: number;
  readonly now: number;
  readonly because: string;
}

/** A hold is at least a second, so that a clock a little behind cannot make a run spin. */
export function holdUntil(delivery: Delivery, { until, now, because }: Hold): AttemptAnswer {
  const wake = Math.max(until, now + 1_000);
  const { name, exceptions } = delivery.campaign;
  return { kind: 'hold', until: wake, summary: describeWait({ campaignName: name, until: wake, exceptions, because }) };
}
