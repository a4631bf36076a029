/**
 * Wakes the drain after a commit: in process by a call, across processes by one coalesced NOTIFY outside any data
 * transaction (inside one it would serialise commits). Only a hint: polling delivers.
 */
import pg from 'pg';
import type { Pool } from '../storage/pool.js';

const CHANNEL = 'rappel_outbox';
const COALESCE_MS = 20;
const RECONNECT_MS = 2_000;

/** For processes that record: at most one NOTIFY per 20 ms, however many commits. */
export function createNotifier(pool: Pool): () => void {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    setTimeout(() => {
      pending = false;
      pool.query(`notify ${CHANNEL}`).catch(() => undefined);
    }, COALESCE_MS).unref();
  };
}

export interface Listener {
  stop(): Promise<void>;
}

/** For the process that drains: calls `onWake` at each NOTIFY, reconnecting when its connection is lost. */
export function listenForWakeUps(connectionString: string, onWake: () => void): Listener {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;

  const connect = async (): Promise<void> => {
    if (stopped) return;
    const fresh = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, keepAlive: true });
    client = fresh;
    fresh.on('notification', onWake);
    fresh.on('error', () => undefined);
    fresh.on('end', retry);
    try {
      await fresh.connect();
      await fresh.query(`listen ${CHANNEL}`);
      onWake();
    } catch {
      retry();
    }
  };
  const retry = (): void => {
    if (stopped || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void connect();
    }, RECONNECT_MS);
  };
  void connect();

  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
