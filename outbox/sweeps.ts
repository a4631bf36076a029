/** The slow nets under everything that is hinted: overdue pairings, runs of stopped campaigns, partitions, old keys. */

import type { Pool } from '../storage/pool.js';
import { forgetUntold } from '../storage/queries/catalogue/catalogue.js';
import { foldShard, tryHoldFolding } from '../storage/queries/counts/foldCounts.js';
import {
  dropOldRejections,
  ensurePartitions,
  forgetIdempotencyKeys,
} from '../storage/queries/operations/maintenance.js';
import { wakeOverduePairings } from '../storage/queries/outbox/pairingRows.js';
import { closeOldGenerations, selectOldGenerations } from '../storage/queries/pairings/closeOldGenerations.js';
import {
  advanceHoldReview,
  finishHoldReview,
  nextHoldReview,
  releaseHolds,
  selectHeld,
} from '../storage/queries/pairings/holdReviews.js';
import { forgetClaims } from '../storage/queries/pairings/parkedPairings.js';
import { lockUserRows } from '../storage/queries/people/lockUsers.js';
import { withTransaction } from '../storage/withTransaction.js';
import type { Clock } from '../telemetry/clock.js';

export interface SweepDeps {
  readonly pool: Pool;
  readonly clock: Clock;
}

/** A pairing this long past its instant has lost its run or its run's timer. */
const OVERDUE_MS = 5 * 60_000;
const WAKES_A_ROUND = 500;
const CLOSES_A_ROUND = 1_000;
const HOLDS_A_ROUND = 500;

export async function sweepOverdue({ pool, clock }: SweepDeps): Promise<boolean> {
  const now = await clock();
  return (await wakeOverduePairings(pool, now - OVERDUE_MS, WAKES_A_ROUND)) === WAKES_A_ROUND;
}

/** LC-04: pairings of a stopped campaign are cancelled; here their rows and runs are closed. */
export async function sweepOldGenerations({ pool, clock }: SweepDeps): Promise<boolean> {
  const old = await selectOldGenerations(pool, CLOSES_A_ROUND);
  if (old.length === 0) return false;
  const now = await clock();
  await withTransaction(pool, async (tx) => {
    await lockUserRows(
      tx,
      old.map(({ user_id }) => user_id),
    );
    const ids = old.map(({ id }) => id);
    await forgetClaims(tx, ids);
    await closeOldGenerations(tx, old, now);
  });
  return old.length === CLOSES_A_ROUND;
}

/** AB-15: an edit of the hours or the duration is felt by those held for the old ones too, page by page. */
export async function sweepEditedHolds({ pool, clock }: SweepDeps): Promise<boolean> {
  const review = await nextHoldReview(pool);
  if (review === null || !review.is_ready) return false;
  const now = await clock();
  const lookedAt = await selectHeld(pool, review, { now, limit: HOLDS_A_ROUND });
  const last = lookedAt.at(-1);
  if (last === undefined) {
    await finishHoldReview(pool, review.campaign_id);
    return true;
  }
  const held = lookedAt.filter(({ is_held: isHeld }) => isHeld);
  await withTransaction(pool, async (tx) => {
    if (held.length > 0) {
      await lockUserRows(
        tx,
        held.map(({ user_id }) => user_id),
      );
      const ids = held.map(({ id }) => id);
      await releaseHolds(tx, ids, now);
    }
    await advanceHoldReview(tx, review.campaign_id, last.id);
  });
  return true;
}

export async function sweepStorage({ pool, clock }: SweepDeps): Promise<boolean> {
  const now = await clock();
  await ensurePartitions(pool, now);
  await dropOldRejections(pool, now);
  await forgetIdempotencyKeys(pool);
  await forgetUntold(pool);
  return false;
}

const SHARDS = Array.from({ length: 15 }, (_, index) => index + 1);

/** Folds what writers have counted since, a shard a transaction, so that no writer finds all of them taken. */
export async function sweepCounts({ pool }: SweepDeps): Promise<boolean> {
  for (const shard of SHARDS) {
    await withTransaction(pool, async (tx) => {
      if (await tryHoldFolding(tx)) await foldShard(tx, shard);
    });
  }
  return false;
}
