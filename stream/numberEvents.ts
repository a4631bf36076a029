/** Events of Rappel's own as they are recorded: numbered under the person's lock, at the instant of the decision. */
import type { CausedEvent } from '../domain/decision/effects.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import type { Queryable } from '../storage/pool.js';
import { readRevision } from '../storage/queries/events/readRevision.js';

export async function numberEvents(
  tx: Queryable,
  caused: readonly CausedEvent[],
  now: number,
): Promise<readonly StreamEvent[]> {
  if (caused.length === 0) return [];
  const { seqs } = await readRevision(tx, caused.length);
  return caused.map((event, position) => {
    const seq = seqs[position];
    if (seq === undefined) throw new Error('fewer sequence numbers than derived events');
    return { ...event, seq, time: now, receivedAt: now };
  });
}
