// How long the load of a full run lasts: so long that this machine could carry it, were it not for the faults. Where the load
// alone is more than it carries, a backlog says nothing of the kill before it, and what is compared is who gets the processor.
import { formatElapsed } from '../../cli/dev/output.mjs';

/** Of what the machine can carry: each of 60 kills takes it out for some seconds. */
const SHARE = 0.4;
/** Of a message of ours, beside a bare one: processor time as `npm run bench` measures it, and the events that end none. */
const COST = 1.7;
const WARMING_UP = 400;
const MEASURED = 600;
const LONGEST = 3;

/** `messages`: of ours and bare ones, in the whole load. Resolves with the ms, and with the bare messages a second it is made of. */
export async function paceOf({ twin, loadMs, messages: { ours, bare }, print, signal }) {
  await twin.measure({ count: WARMING_UP, signal });
  const perSecond = await twin.measure({ count: MEASURED, signal });
  const neededMs = (1_000 * (ours * COST + bare)) / (perSecond * SHARE);
  const pacedMs = Math.round(Math.min(LONGEST * loadMs, Math.max(loadMs, neededMs)));
  print(`bare messages are done ${Math.round(perSecond)} a second: the load lasts ${formatElapsed(pacedMs)}`);
  return { loadMs: pacedMs, perSecond };
}
