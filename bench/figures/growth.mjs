// What years of use cost: the same figures in tables that are full and in empty ones, in turns, each an installation of its
// own: events a second, CPU a message, PostgreSQL while nothing happens, the list of campaigns.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { giveTo } from '../../cli/dev/services/postgresFiles.mjs';
import { fillTables } from '../load/fullTables.mjs';
import { startInstallation } from '../stack/installation.mjs';
import { median, round } from '../stack/numbers.mjs';
import { startCpu } from '../stack/processes.mjs';
import { createDelivery, launchDelivery } from './delivery.mjs';

const CONNECTIONS = 16;
/** Until what was asked for last has been worked off: sweeps, statistics, the outbox. */
const SETTLING_MS = 5_000;

export async function measureGrowth({ store, postgres, folder, sizes, say }) {
  const sides = {};
  try {
    for (const name of ['empty', 'full']) {
      const own = path.join(folder, name);
      mkdirSync(own);
      giveTo(postgres.owner, own);
      sides[name] = await startInstallation({ store, postgres: { ...postgres, folder: own }, folder: own });
    }
    return await measureSides(sides, sizes, say);
  } finally {
    for (const side of Object.values(sides)) await side.stop();
  }
}

async function measureSides({ empty, full }, sizes, say) {
  for (const side of [empty, full]) await launchDelivery(side);
  await launchOthers(full, sizes.campaigns - 1);
  // Whom events are drawn from are there on both sides.
  await fillTables(empty, { people: sizes.drawn, events: 0, settled: 0, waiting: 0 }, say);
  await fillTables(full, sizes, say);
  const sides = { empty, full };
  const rest = {};
  for (const [name, side] of Object.entries(sides)) rest[name] = await cpuAtRest(side, sizes.restSeconds * 1_000);
  say(`at rest: ${describeRest(rest.full)} full, ${describeRest(rest.empty)} empty`);
  const events = await inTurns(sides, sizes.rounds, {
    warmUp: (side) => postEvents(side, { requests: sizes.warmUp, people: sizes.drawn }),
    measure: (side) => postEvents(side, { requests: sizes.requests, people: sizes.drawn }),
    tell: ({ empty, full }) => say(`${round(full)} events/s full, ${round(empty)} empty`),
  });
  const deliver = new Map(Object.values(sides).map((side) => [side, createDelivery(side)]));
  const messages = await inTurns(sides, sizes.rounds, {
    warmUp: (side) => deliver.get(side)(Math.ceil(sizes.messages / 5)),
    measure: (side) => deliver.get(side)(sizes.messages),
    tell: ({ empty, full }) => say(`${round(full.cpuMs, 1)} CPU-ms a message full, ${round(empty.cpuMs, 1)} empty`),
  });
  // As many are listed on both sides.
  await launchOthers(empty, sizes.campaigns - 1);
  const lists = await inTurns(sides, sizes.lists, {
    warmUp: (side) => side.timeGet('/v1/campaigns'),
    measure: (side) => side.timeGet('/v1/campaigns'),
    tell: () => undefined,
  });
  const list = { empty: median(lists.map((each) => each.empty)), full: median(lists.map((each) => each.full)) };
  say(`GET /v1/campaigns: ${round(list.full, 1)} ms full, ${round(list.empty, 1)} ms empty`);
  return {
    figures: {
      growth_ingest_ratio: round(median(events.map(({ empty, full }) => full / empty)), 2),
      growth_cpu_ratio: round(median(messages.map(({ empty, full }) => full.cpuMs / empty.cpuMs)), 2),
      growth_rest_ms: round(rest.full.own, 1),
      growth_campaigns_ratio: round(list.full / list.empty, 2),
      growth_ingest_per_second: round(median(events.map(({ full }) => full))),
      growth_cpu_ms: round(median(messages.map(({ full }) => full.cpuMs)), 1),
      growth_campaigns_ms: round(list.full, 1),
    },
    details: { rest, events, messages, lists },
  };
}

/** Each side warmed up; then rounds, of which the sides take turns in being the first. */
async function inTurns(sides, rounds, { warmUp, measure, tell }) {
  for (const side of Object.values(sides)) await warmUp(side);
  const measured = [];
  for (let number = 0; number < rounds; number++) {
    const of = {};
    const names = Object.keys(sides);
    for (const name of number % 2 === 0 ? names : names.toReversed()) of[name] = await measure(sides[name]);
    measured.push(of);
    tell(of);
  }
  return measured;
}

async function postEvents({ poster }, { requests, people }) {
  const options = { requests, people, event: 'nobody_listens', matching: 100, connections: CONNECTIONS };
  const { ms, events } = await poster.call('stream', options);
  return (events * 1_000) / ms;
}

async function launchOthers({ launch, receiverUrl }, count) {
  for (let number = 1; number <= count; number++) {
    await launch({
      key: `bench-grown-${number}`,
      name: `Grown ${number}`,
      trigger: { customEvent: `bench_grown_${number}` },
      delay: { after: '1 day' },
      exceptions: [{ purchase: 'any' }],
      audience: { attribute: 'email', isBlank: false },
      messages: [{ channel: 'webhook', url: `${receiverUrl}/never`, body: {}, honoursWebhookId: true }],
    });
  }
}

/** CPU ms a second of PostgreSQL while nothing is posted: all of it, and without the connections of Temporal. */
async function cpuAtRest({ pids, query }, ms) {
  await wait(Math.min(SETTLING_MS, ms));
  const temporal = await query(`select pid from pg_stat_activity where datname like 'temporal%'`);
  const named = Object.fromEntries(temporal.map(({ pid }) => [`temporal ${pid}`, pid]));
  const cpuSince = startCpu({ all: pids.postgres, ...named });
  await wait(ms);
  const { all, ...ofTemporal } = cpuSince();
  // One that has ended meanwhile is no longer read.
  const theirs = Object.values(ofTemporal).reduce((sum, used) => sum + Math.max(0, used), 0);
  return { all: (all * 1_000) / ms, own: (Math.max(0, all - theirs) * 1_000) / ms };
}

const describeRest = ({ own, all }) =>
  `${round(own, 1)} CPU-ms a second (${round(all, 1)} with Temporal's connections)`;
