// Event → 1 s delay → re-check → webhook → ledger, against a bare timer and a no-op activity on the same server, taken in
// turns. With the CPU of every process but the load's own, and what was asked of the databases.
import { setTimeout as wait } from 'node:timers/promises';
import { median, round } from '../stack/numbers.mjs';
import { startCpu } from '../stack/processes.mjs';
import { countStatements, forgetStatements } from '../stack/statements.mjs';

const DELAY_MS = 1_000;
const CAMPAIGN = 'bench-delivery';
const TRIGGER = 'bench_delivery';
/** The most is taken: one bare round at each, before anything is measured. */
const CONCURRENCIES = [25, 50, 100];
const SETTLED_WITHIN_MS = 60_000;

/** Launches what `createDelivery` delivers. */
export async function launchDelivery(installation) {
  await installation.launch({
    key: CAMPAIGN,
    name: 'Bench delivery',
    trigger: { customEvent: TRIGGER },
    delay: { after: '1 second' },
    exceptions: [{ purchase: 'any' }],
    audience: { attribute: 'email', isBlank: false },
    recheckAudience: true,
    reEligibility: { after: '0 seconds' },
    messages: [
      { channel: 'webhook', url: `${installation.receiverUrl}/{{\${user_id}}}`, body: {}, honoursWebhookId: true },
    ],
  });
}

export async function measureDelivery({ installation, bare, sizes, say }) {
  await launchDelivery(installation);
  const deliver = createDelivery(installation);
  await deliver(sizes.warmUp);
  const concurrency = await bestConcurrency(bare, sizes, say);
  const rounds = [];
  for (let number = 1; number <= sizes.rounds; number++) {
    const floor = await measureBare({ installation, bare, count: sizes.bare, concurrency });
    const ours = await deliver(sizes.ours);
    rounds.push({ floor, ours });
    say(`delivery ${number}/${sizes.rounds}: ${describe(ours)} of ours, ${describe(floor)} bare`);
  }
  const ratios = (of) => round(median(rounds.map(of)), 2);
  return {
    figures: {
      delivery_ratio: ratios(({ ours, floor }) => ours.perSecond / floor.perSecond),
      delivery_cpu_ratio: ratios(({ ours, floor }) => floor.cpuMs / ours.cpuMs),
      own_statements: ratios(({ ours }) => ours.statements.own),
      temporal_writes: ratios(({ ours }) => ours.statements.temporalWrites),
      delivery_per_second: ratios(({ ours }) => ours.perSecond),
      bare_per_second: ratios(({ floor }) => floor.perSecond),
      delivery_cpu_ms: ratios(({ ours }) => ours.cpuMs),
      bare_cpu_ms: ratios(({ floor }) => floor.cpuMs),
      bare_temporal_writes: ratios(({ floor }) => floor.statements.temporalWrites),
    },
    details: { concurrency, rounds },
  };
}

const describe = ({ perSecond, cpuMs }) => `${round(perSecond, 1)}/s and ${round(cpuMs, 1)} CPU-ms each`;

/** Deliveries a round, each to people of its own. */
export function createDelivery(installation) {
  const { poster, receiver, pids } = installation;
  let rounds = 0;
  return async (count) => {
    rounds += 1;
    const names = Array.from({ length: count }, (_, i) => `d${rounds}-${i}`);
    await poster.call('people', { names });
    await receiver.call('reset');
    await forgetStatements(installation);
    const cpuSince = startCpu(pids);
    const startedAt = performance.now();
    await poster.call('trigger', { names, event: TRIGGER });
    await receiver.call('waitForCount', count);
    await allSettled(installation, names);
    const ms = performance.now() - startedAt;
    return {
      perSecond: (count * 1_000) / ms,
      ...cpuPerMessage(cpuSince(), count),
      statements: perMessage(await countStatements(installation), count),
    };
  };
}

async function measureBare({ installation, bare, count, concurrency }) {
  const { postgres, temporal } = installation.pids;
  await forgetStatements(installation);
  const cpuSince = startCpu({ postgres, temporal, bare: bare.pid });
  const ms = await bare.call('deliver', { count, delayMs: DELAY_MS, concurrency });
  const cpu = cpuPerMessage(cpuSince(), count);
  return {
    perSecond: (count * 1_000) / ms,
    ...cpu,
    statements: perMessage(await countStatements(installation), count),
  };
}

async function bestConcurrency(bare, { warmUp, bare: count, concurrencies = CONCURRENCIES }, say) {
  await bare.call('deliver', { count: warmUp, delayMs: DELAY_MS, concurrency: 25 });
  let best = { concurrency: concurrencies[0], ms: Number.POSITIVE_INFINITY };
  for (const concurrency of concurrencies.length > 1 ? concurrencies : []) {
    const ms = await bare.call('deliver', { count, delayMs: DELAY_MS, concurrency });
    say(`bare, ${concurrency} starts at a time: ${round((count * 1_000) / ms, 1)}/s`);
    if (ms < best.ms) best = { concurrency, ms };
  }
  return best.concurrency;
}

/** Every message in the ledger as sent, and its pairing done. */
async function allSettled({ query }, names) {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const [{ open, sent }] = await query(
      `select count(*) filter (where p.state <> 'done')::int as open, count(*) filter (where p.outcome = 'sent')::int as sent
       from pairings p join users u on u.id = p.user_id where u.external_id = any($1::text[])`,
      [names],
    );
    if (open === 0 && sent === names.length) return;
    if (Date.now() > deadline) throw new Error(`${open} of ${names.length} pairings are not settled`);
    await wait(20);
  }
}

function cpuPerMessage(used, count) {
  const cpu = perMessage(used, count);
  return { cpu, cpuMs: Object.values(cpu).reduce((sum, ms) => sum + ms, 0) };
}

function perMessage(counts, count) {
  return Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, value / count]));
}
