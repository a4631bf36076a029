// Two loads beside the bare workload, at a pace that this machine carries: one beside campaigns in trouble, one under kills
// alone. Where a load is more than the machine carries, what is compared is who gets the processor, and not who recovers.
import { formatElapsed } from '../../cli/dev/output.mjs';
import { planKills, planStuck } from './faults/schedule.mjs';
import { runPhase } from './phase.mjs';

/** Of the bare messages a second that this machine does. */
const SHARE = 0.4;
/** Of an event of ours, where a bare message is 1: estimated from earlier runs, rather too high than too low. */
const COST = 1.7;
/** The part of our load that has the delay of the bare workload. */
const BARE_SHARE = 0.44;
/** Events of the main load, on a machine that carries more than that. */
const MOST_PER_SECOND = 33;
const WARMING_UP = 400;
const MEASURED = 600;
const NEIGHBOURS_MS = 240_000;
const KILLS = 12;
/** A slow machine needs ten seconds after a kill of Temporal before anything is sent. */
const MS_PER_KILL = 30_000;

/** Resolves with the two phases, `bareItems` as the twin lists them, and the figures of the pace. `untilQuiet` ends when nothing moves. */
export async function runCompared(context, { untilQuiet }) {
  const { options, twin, print, signal } = context;
  await twin.measure({ count: WARMING_UP, signal });
  const barePerSecond = await twin.measure({ count: MEASURED, signal });
  const perSecond = Math.min(MOST_PER_SECOND, (SHARE * barePerSecond) / (COST + BARE_SHARE));
  print(`bare messages are done ${barePerSecond.toFixed(1)} a second: beside them go ${perSecond.toFixed(1)} events`);

  async function compare({ name, loadMs, faults, crowds }) {
    const events = Math.round((perSecond * loadMs) / 1_000);
    print(`${name}: ${events} events in ${formatElapsed(loadMs)}`);
    const load = { seed: options.seed, prefix: name[0], events, loadMs, reorderMs: 0, crowds };
    const bare = twin.load({ count: Math.round(events * BARE_SHARE), loadMs, signal });
    // The phase beside it tells why a run was stopped.
    bare.catch(() => undefined);
    const phase = await runPhase(context, { name, load, faults, emailMode: context.emailMode });
    await bare;
    await untilQuiet();
    return phase;
  }

  const loadMs = (KILLS + 1) * MS_PER_KILL;
  const phases = [
    await compare({
      name: 'neighbours',
      loadMs: NEIGHBOURS_MS,
      faults: planStuck({ isSmoke: false, loadMs: NEIGHBOURS_MS }),
      crowds: 'full',
    }),
    await compare({
      name: 'recovery',
      loadMs,
      faults: planKills({ seed: options.seed, kills: KILLS, loadMs }),
      crowds: null,
    }),
  ];
  const figures = { bare_per_second: barePerSecond.toFixed(1), compared_per_second: perSecond.toFixed(1) };
  return { phases, bareItems: twin.items(), figures };
}
