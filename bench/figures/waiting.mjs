// What somebody who waits 24 hours costs: bytes in every database of PostgreSQL, and memory of API and worker.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { giveTo } from '../../cli/dev/services/postgresFiles.mjs';
import { startInstallation } from '../stack/installation.mjs';
import { round } from '../stack/numbers.mjs';
import { residentBytes } from '../stack/processes.mjs';

const EVENT = 'bench_wait';
const PAGE = 1_500;
const STARTED_WITHIN_MS = 300_000;

export async function measureWaiting({ installation, sizes, say }) {
  const { poster, pids, receiverUrl } = installation;
  await installation.launch({
    key: 'bench-wait',
    name: 'Wait',
    trigger: { customEvent: EVENT },
    delay: { after: '24 hours' },
    exceptions: [{ purchase: 'any' }],
    messages: [{ channel: 'webhook', url: `${receiverUrl}/never`, body: {}, honoursWebhookId: true }],
  });
  let made = 0;
  const enter = async (count) => {
    const names = Array.from({ length: count }, () => `w-${made++}`);
    await poster.call('people', { names });
    return names;
  };
  const trigger = async (names) => {
    await poster.call('trigger', { names, event: EVENT });
    await allStarted(installation);
  };
  // What grows once (pools, code that is compiled, the outbox's table) is not what somebody waiting costs.
  await trigger(await enter(sizes.warmUp));
  const names = await enter(sizes.count);
  const before = { bytes: await databaseBytes(installation), memory: residentBytes([pids.api, pids.worker]) };
  for (let from = 0; from < names.length; from += PAGE) {
    await trigger(names.slice(from, from + PAGE));
    say(`waiting: ${Math.min(from + PAGE, names.length)} of ${names.length}`);
  }
  const bytes = (await databaseBytes(installation)) - before.bytes;
  const memory = residentBytes([pids.api, pids.worker]) - before.memory;
  return {
    figures: { waiting_bytes: round(bytes / names.length), waiting_memory_mb: round(memory / 2 ** 20, 1) },
    details: { count: names.length },
  };
}

async function allStarted({ query }) {
  for (const deadline = Date.now() + STARTED_WITHIN_MS; ; await wait(50)) {
    const [{ left }] = await query('select count(*)::int as left from outbox');
    if (left === 0) return;
    if (Date.now() > deadline) throw new Error(`${left} runs are not started`);
  }
}

/** Of all databases of the server, once what is dead has been cleared for use again. */
async function databaseBytes({ query }) {
  await query('vacuum');
  const [{ bytes }] = await query('select sum(pg_database_size(oid))::float8 as bytes from pg_database');
  return bytes;
}

/** The same on a server of its own whose visibility has all the indexes it comes with. */
export async function measureStockWaiting({ store, postgres, folder, sizes, say }) {
  const stock = path.join(folder, 'stock');
  mkdirSync(stock);
  giveTo(postgres.owner, stock);
  say('waiting, with the stock indexes of visibility…');
  const installation = await startInstallation({
    store: { ...store, prepare: (options) => store.prepare({ ...options, isPruned: false }) },
    postgres: { ...postgres, folder: stock },
    folder: stock,
  });
  try {
    const count = sizes.stock;
    const { figures } = await measureWaiting({ installation, sizes: { warmUp: 300, count }, say });
    return { figures: { waiting_bytes_stock: figures.waiting_bytes }, details: { count } };
  } finally {
    await installation.stop();
  }
}
