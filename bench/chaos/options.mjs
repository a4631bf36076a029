// What can be asked of `npm run chaos`.
import { parseArgs } from 'node:util';
import { Stop } from '../../cli/dev/output.mjs';

const SMOKE = { events: 500, kills: 3, loadMs: 11_000 };
const FULL = { events: 20_000, kills: 60, loadMs: 600_000 };
/** A kill is followed by at least this much time to recover in, in the full run. */
const MS_PER_KILL = 15_000;

export function readOptions(args) {
  const { values } = parse(args);
  const isSmoke = values.smoke;
  const base = isSmoke ? SMOKE : FULL;
  const kills = wholeNumber('--kills', values.kills, base.kills);
  const events = wholeNumber('--events', values.events, base.events);
  const asked = values.kills !== undefined && !isSmoke ? kills * MS_PER_KILL : base.loadMs;
  if (values.store !== undefined && !['postgres', 'dev'].includes(values.store)) {
    throw new Stop(`--store is postgres or dev, not '${values.store}'`);
  }
  const loadMs = isSmoke ? asked : Math.max(asked, kills * MS_PER_KILL);
  return {
    seed: values.seed ?? String(Math.floor(Math.random() * 1_000_000)),
    isSmoke,
    store: values.store ?? null,
    events,
    kills,
    loadMs: wholeNumber('--load-ms', values['load-ms'], loadMs),
    keeps: values.keep,
  };
}

function parse(args) {
  const options = {
    smoke: { type: 'boolean', default: false },
    seed: { type: 'string' },
    store: { type: 'string' },
    events: { type: 'string' },
    kills: { type: 'string' },
    'load-ms': { type: 'string' },
    keep: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new Stop(
      `${error.message}. Known: --smoke, --seed N, --store postgres|dev, --events N, --kills N, --load-ms N, --keep (the folder)`,
    );
  }
}

function wholeNumber(name, text, otherwise) {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Stop(`${name} must be a whole number, not '${text}'`);
  return Number(text);
}
