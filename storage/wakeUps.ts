/** A connection that listens for wake-ups of other processes, and comes back when it is lost. Only a hint: polling delivers. */
import pg from 'pg';

export const WAKE_UP_CHANNEL = 'rappel_outbox';
const RECONNECT_MS = 2_000;

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
      await fresh.query(`listen ${WAKE_UP_CHANNEL}`);
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
