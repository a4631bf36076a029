// The commands about the kept counts of campaigns: whether they equal what is stored, and mending them.
import type { Pool } from '../storage/pool.js';
import { type CountDifference, findWrongCounts, recountCampaigns } from '../storage/queries/counts/recountCampaigns.js';
import { withTransaction } from '../storage/withTransaction.js';

/** One line a difference, none where all are right. Takes some seconds a million pairings, and holds nobody up. */
export async function checkCounts(pool: Pool): Promise<readonly string[]> {
  return (await withTransaction(pool, findWrongCounts)).map(describe);
}

/** Mends them, and returns a line for each that was wrong. */
export async function recount(pool: Pool): Promise<readonly string[]> {
  return (await withTransaction(pool, recountCampaigns)).map(describe);
}

function describe({ campaign, metric, reason, difference }: CountDifference): string {
  const what = reason === '' ? metric : `${metric} (${reason})`;
  return `${campaign}: ${what} ${difference > 0 ? 'short' : 'over'} by ${Math.abs(difference)}`;
}
