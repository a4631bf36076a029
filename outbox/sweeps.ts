/** The slow nets under everything that is hinted: overdue pairings, runs of stopped campaigns, partitions, old keys. */

import type { Pool } from '../storage/pool.js';
import { closeOldGenerations, selectOldGenerations } from '../storage/queries/closeOldGenerations.js';
import { lockUsers } from '../storage/queries/lockUsers.js';
import { dropOldRejections, ensurePartitions, forgetIdempotencyKeys } from '../storage/queries/maintenance.js';
import { wakeOverduePairings } from '../storage/queries/outboxRows.js';
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
    await lockUsers(tx, [...new Set(old.map(({ user_id }) => user_id))]);
    await closeOldGenerations(
      tx,
      old.map(({ id }) => id),
      now,
    );
  });
  return old.length === CLOSES_A_ROUND;
}

export async function sweepStorage({ pool, clock }: SweepDeps): Promise<boolean> {
  const now = await clock();
  await ensurePartitions(pool, now);
  await dropOldRejections(pool, now);
  await forgetIdempotencyKeys(pool);
  return false;
}
