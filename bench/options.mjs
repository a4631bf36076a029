// What can be asked of `npm run bench`, and how much each size measures.
import { parseArgs } from 'node:util';
import { Stop } from '../cli/dev/output.mjs';

export const FIGURES = [
  'history',
  'delivery',
  'latency',
  'exceptions',
  'ingest',
  'waiting',
  'neighbour',
  'audience',
  'growth',
];

const SMOKE = {
  history: { count: 2 },
  delivery: { warmUp: 30, rounds: 1, ours: 150, bare: 90, concurrencies: [50] },
  latency: { warmUp: 3, count: 15 },
  exceptions: { count: 15, perSecond: 5 },
  ingest: { warmUp: 10, rounds: 1, requests: 160, statements: 100, connections: 16, people: 5_000 },
  waiting: { warmUp: 75, count: 375, stock: 0 },
  neighbour: { seconds: 4, hanging: 60, slow: 60, idle: 1_000 },
  audience: { people: 20_000, events: 60_000, page: 2_000, rounds: 3 },
  growth: {
    ...{ people: 5_000, events: 20_000, settled: 4_000, waiting: 1_000, campaigns: 10, drawn: 500 },
    ...{ warmUp: 10, rounds: 1, requests: 60, messages: 30, restSeconds: 2, lists: 5 },
  },
};

const FULL = {
  history: { count: 10 },
  delivery: { warmUp: 100, rounds: 5, ours: 900, bare: 600 },
  latency: { warmUp: 20, count: 200 },
  exceptions: { count: 150, perSecond: 5 },
  ingest: { warmUp: 1_000, rounds: 5, requests: 2_000, statements: 600, connections: 32, people: 100_000 },
  waiting: { warmUp: 4_000, count: 100_000, stock: 4_000 },
  neighbour: { seconds: 60, hanging: 225, slow: 1_000, idle: 25_600 },
  audience: { people: 1_000_000, events: 3_000_000, page: 2_000, rounds: 7 },
  growth: {
    ...{ people: 1_000_000, events: 10_000_000, settled: 2_000_000, waiting: 500_000, campaigns: 100, drawn: 20_000 },
    ...{ warmUp: 800, rounds: 5, requests: 1_500, messages: 450, restSeconds: 60, lists: 50 },
  },
};

export function readOptions(args) {
  const { values } = parse(args);
  if (values.store !== undefined && !['postgres', 'dev'].includes(values.store)) {
    throw new Stop(`--store is postgres or dev, not '${values.store}'`);
  }
  const only = values.only?.split(',') ?? FIGURES;
  const unknown = only.find((name) => !FIGURES.includes(name));
  if (unknown !== undefined) throw new Stop(`--only knows ${FIGURES.join(', ')}, not '${unknown}'`);
  return {
    isSmoke: values.smoke,
    store: values.store ?? null,
    only,
    isWhole: only.length === FIGURES.length,
    sizes: withCount(values.smoke ? SMOKE : FULL, values.waiting),
  };
}

function withCount(sizes, waiting) {
  if (waiting === undefined) return sizes;
  if (!/^\d{2,7}$/.test(waiting)) throw new Stop(`--waiting must be a whole number from 10, not '${waiting}'`);
  return { ...sizes, waiting: { ...sizes.waiting, count: Number(waiting) } };
}

function parse(args) {
  const options = {
    smoke: { type: 'boolean', default: false },
    store: { type: 'string' },
    only: { type: 'string' },
    waiting: { type: 'string' },
  };
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new Stop(
      `${error.message}. Known: --smoke, --store postgres|dev, --only ${FIGURES.join(',')}, --waiting N (people)`,
    );
  }
}
