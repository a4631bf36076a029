// What goes wrong while people are merged and deleted, from the seed alone: mostly workers die, at a chosen line or wherever they
// are, and receivers misbehave between. Times are ms after the start of the load.
import { cycle, misbehaviour, oneKill, POINTS } from '../faults/schedule.mjs';
import { createDice } from '../random.mjs';

const KILLED = ['worker', 'worker', 'worker', 'worker', 'api', 'api', 'backend', 'temporal', 'postgresImmediate'];
/** A short run has no time for the stores to come back. */
const KILLED_IN_SHORT = ['worker', 'worker', 'api'];
/** What hangs is waited for, and a refusal for now is tried again a minute later: a short run has no time for either. */
const BEHAVIOURS = ['takeThenDrop', 'takeThenHang', 'drop', 'hang', 'tooMany', 'unavailable', 'reject'];
const BEHAVIOURS_IN_SHORT = ['takeThenDrop', 'drop'];

/** `name` tells the phases of one seed apart; with `rejects` some messages are refused for good. */
export function planIdentityFaults({ seed, name, loadMs, msPerKill, isSmoke, rejects }) {
  const dice = createDice(seed, `faults ${name}`);
  const points = { api: cycle(dice, POINTS.api), worker: cycle(dice, POINTS.worker) };
  const killed = cycle(dice, isSmoke ? KILLED_IN_SHORT : KILLED);
  const behaviour = cycle(
    dice,
    (isSmoke ? BEHAVIOURS_IN_SHORT : BEHAVIOURS).filter((each) => rejects || each !== 'reject'),
  );
  const kills = Math.max(2, Math.floor(loadMs / msPerKill));
  const step = loadMs / (kills + 1);
  const faults = [];
  for (let n = 1; n <= kills; n++) {
    faults.push({ at: Math.round(n * step), ...oneKill(dice, killed(), points) });
    for (const share of [0.3, 0.7])
      faults.push({ at: Math.round((n - share) * step), ...misbehaviour('webhook', behaviour(), dice.whole(1, 4)) });
  }
  if (rejects) faults.push({ at: Math.round(0.5 * step), ...misbehaviour('webhook', 'reject', 2) });
  return faults.sort((one, other) => one.at - other.at);
}
