// Waits until nothing moves any more: nothing due is left to send, the outbox is empty, and exactly the runs of what
// waits for its instant are open. Bounded: what is not there by then is what the checker reports.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { showProgress } from '../../cli/dev/output.mjs';
import { connectToTemporal } from './temporalRuns.mjs';

const BUSY = `
  select (select count(*)::int from outbox) as outbox,
    (select count(*)::int from pairings where state in ('waiting', 'sending') and due_at < created_at + interval '30 minutes') as open,
    (select count(*)::int from pairings where state = 'waiting' and due_at >= created_at + interval '30 minutes') as waiting`;

export async function settle({ stack, temporal, withinMs, signal, show }) {
  const startedAt = Date.now();
  const client = new pg.Client({ connectionString: stack.databaseUrl() });
  client.on('error', () => undefined);
  await client.connect();
  let openRuns = [];
  try {
    for (;;) {
      signal.throwIfAborted();
      const { outbox, open, waiting } = (await client.query(BUSY)).rows[0];
      show(`${open} open, ${outbox} in the outbox`);
      const isOver = Date.now() - startedAt > withinMs;
      if ((open === 0 && outbox === 0) || isOver) {
        openRuns = await temporal.openRuns();
        if (openRuns.length === waiting || isOver) return { openRuns, ms: Date.now() - startedAt, isQuiet: !isOver };
      }
      await wait(250);
    }
  } finally {
    await client.end();
  }
}

/** What `look({ temporal, show })` resolves with, once every part is up; says meanwhile what it was told last to `show`. */
export async function whileSettling(stack, look) {
  await Promise.all(Object.values(stack.parts).map((part) => part.up()));
  const temporal = await connectToTemporal(stack.temporalAddress);
  let shown = '';
  const progress = showProgress(() => `waiting until it is quiet: ${shown}`);
  const show = (text) => {
    shown = text;
  };
  try {
    return await look({ temporal, show });
  } finally {
    progress.stop();
    await temporal.close();
  }
}
