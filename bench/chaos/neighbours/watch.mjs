// Looks once a second at how much the campaigns in trouble have standing in the way of others: messages that hold
// outside any slot, and rows of the outbox. A look that fails, as the database is down, is none.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

const EVERY_MS = 1_000;
const PATIENCE_MS = 3_000;
const LOOK = `
  select (select count(*)::int from outbox) as outbox,
    count(*) filter (where c.key = 'stuck')::int as stuck,
    count(*) filter (where c.key = 'stuck' and p.held_for = 'receiver_silent')::int as silent,
    count(*) filter (where c.key <> 'stuck')::int as others
  from pairings p join campaigns c on c.id = p.campaign_id
  where p.held_for is not null and p.state in ('waiting', 'sending')`;

/** `stop()` resolves with the most of each that was seen at a time. */
export function watchTrouble(stack) {
  const most = { outbox: 0, stuck: 0, silent: 0, others: 0 };
  const over = new AbortController();

  async function look() {
    const client = new pg.Client({
      connectionString: stack.databaseUrl(),
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const [seen] = (await client.query(LOOK)).rows;
      for (const [name, count] of Object.entries(seen)) most[name] = Math.max(most[name], count);
    } catch {
      // The database is one of the parts that are killed.
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function keepLooking() {
    while (!over.signal.aborted) {
      await look();
      await wait(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  }

  const looking = keepLooking();
  return {
    async stop() {
      over.abort();
      await looking;
      return most;
    },
  };
}
