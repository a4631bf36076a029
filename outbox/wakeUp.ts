/**
 * Wakes the drain after a commit: in process by a call, across processes by one coalesced NOTIFY outside any data
 * transaction (inside one it would serialise commits). Only a hint: polling delivers.
 */
import type { Pool } from '../storage/pool.js';

import { WAKE_UP_CHANNEL } from '../storage/wakeUps.js';

const COALESCE_MS = 20;

/** For processes that record: at most one NOTIFY per 20 ms, however many commits. */
export function createNotifier(pool: Pool): () => void {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    setTimeout(() => {
      pending = false;
      pool.query(`notify ${WAKE_UP_CHANNEL}`).catch(() => undefined);
    }, COALESCE_MS).unref();
  };
}
