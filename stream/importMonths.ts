/** Imported events are kept in the partition of the month in which they happened, which is made when the first one comes. */
import type { Pool } from '../storage/pool.js';
import { ensureEventMonths } from '../storage/queries/imports/imports.js';
import type { Incoming } from './incoming.js';

/** Each partition is one more to look into for whatever is asked of all of a person's events. */
const MOST_YEARS = 10;

/** From when on imported events are received at their own time; earlier ones are received then. */
export function historyFrom(now: number): number {
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear() - MOST_YEARS, today.getUTCMonth(), 1);
}

/** Makes, in a transaction of its own, what `recordImported` needs for these items. `known`: the months that are there. */
export async function prepareMonths(
  pool: Pool,
  known: Set<number>,
  { incoming, now, importedFrom }: { incoming: readonly Incoming[]; now: number; importedFrom: number },
): Promise<void> {
  const missing = new Set<number>();
  for (const item of incoming) {
    const at = item.kind === 'attributes' ? now : Math.max(Math.min(item.time, now), importedFrom);
    const month = startOfMonth(at);
    if (!known.has(month)) missing.add(month);
  }
  if (missing.size === 0) return;
  await ensureEventMonths(pool, [...missing]);
  for (const month of missing) known.add(month);
}

function startOfMonth(at: number): number {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}
