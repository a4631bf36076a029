/** A cancel in the Temporal UI: settles a pairing that waits or is parked; one being sent finishes first. */

import { selectDelivery } from '../storage/queries/messages/selectDelivery.js';
import { forgetClaims } from '../storage/queries/pairings/parkedPairings.js';
import { endPairing } from '../storage/queries/pairings/updatePairing.js';
import { withTransaction } from '../storage/withTransaction.js';
import { lockPersonOf } from '../stream/identity/lockPersonOf.js';
import type { AttemptAnswer, AttemptInput } from '../workflows/contracts.js';
import { attemptSend } from './attemptSend.js';
import { type ActivityDeps, about } from './deps.js';

export async function cancelDelivery(deps: ActivityDeps, input: AttemptInput): Promise<AttemptAnswer> {
  const now = Math.max(await deps.clock(), input.now);
  const delivery = await selectDelivery(deps.pool, input.pairingId);
  if (delivery === null) return { kind: 'ended', outcome: 'cancelled', reason: 'user_deleted' };
  const ended = await withTransaction(deps.pool, async (tx) => {
    await lockPersonOf(tx, input.pairingId);
    await forgetClaims(tx, [input.pairingId]);
    return await endPairing(
      tx,
      {
        pairingId: input.pairingId,
        from: ['waiting', 'parked'],
        outcome: 'cancelled',
        reason: 'cancelled_by_operator',
        evidence: {},
      },
      now,
    );
  });
  if (ended === null) return await attemptSend(deps, { ...input, inline: false });
  deps.observe.ended({ ...about(delivery), ...ended });
  return { kind: 'ended', ...ended };
}
