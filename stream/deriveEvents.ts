/** The events that Rappel's own decisions are (received, exception fired): stream events like all others. */
import type { Cancelled } from '../domain/decision/step.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Queryable } from '../storage/pool.js';
import { readRevision } from '../storage/queries/readRevision.js';

export interface DerivedEvent {
  readonly kind: 'exceptionFired';
  readonly userId: number;
  readonly cancellation: Cancelled;
}

export async function deriveEvents(
  tx: Queryable,
  caused: readonly DerivedEvent[],
  now: number,
): Promise<readonly StreamEvent[]> {
  if (caused.length === 0) return [];
  const { seqs } = await readRevision(tx, caused.length);
  return caused.map(({ kind, userId, cancellation }, position) => {
    const seq = seqs[position];
    if (seq === undefined) throw new Error('fewer sequence numbers than derived events');
    return {
      seq,
      userId,
      kind,
      name: cancellation.campaign.key,
      time: now,
      receivedAt: now,
      properties: { by: cancellation.by.seq },
      chainDepth: cancellation.pairing.chainDepth + 1,
    };
  });
}
