// What can be asked of `npm run chaos:identity`.
import { parseArgs } from 'node:util';
import { Stop } from '../../../cli/dev/output.mjs';

const SMOKE = { pairs: 100, people: 60, runs: 1, pairsASecond: 20, msPerKill: 6_000 };
const FULL = { pairs: 2_000, people: 500, runs: 10, pairsASecond: 20, msPerKill: 10_000 };

const KNOWN = {
  smoke: { type: 'boolean', default: false },
  seed: { type: 'string' },
  runs: { type: 'string' },
  pairs: { type: 'string' },
  people: { type: 'string' },
  store: { type: 'string' },
  keep: { type: 'boolean', default: false },
};

export function readOptions(args) {
  const values = parse(args);
  const base = values.smoke ? SMOKE : FULL;
  if (values.store !== undefined && !['postgres', 'dev'].includes(values.store)) {
    throw new Stop(`--store is postgres or dev, not '${values.store}'`);
  }
  return {
    ...base,
    seed: values.seed ?? String(Math.floor(Math.random() * 1_000_000)),
    isSmoke: values.smoke,
    runs: wholeNumber('--runs', values.runs, base.runs),
    pairs: wholeNumber('--pairs', values.pairs, base.pairs),
    people: wholeNumber('--people', values.people, base.people),
    store: values.store ?? null,
    keeps: values.keep,
  };
}

function parse(args) {
  try {
    return parseArgs({ args, options: KNOWN }).values;
  } catch (error) {
    throw new Stop(
      `${error.message}. Known: --smoke, --seed N, --runs N, --pairs N (merged), --people N (deleted), --store postgres|dev, --keep (the folder)`,
    );
  }
}

function wholeNumber(name, text, otherwise) {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d*$/.test(text)) throw new Stop(`${name} must be a whole number from 1, not '${text}'`);
  return Number(text);
}
