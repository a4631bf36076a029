// What campaigns in trouble ask for, beside the ordinary load and from the seed alone: bursts for a receiver that does
// not answer, for a template that never ends, and of messages that are called off before anything was begun for them.
import { createDice } from '../random.mjs';

const SIZES = {
  smoke: { bursts: 1, stuck: 30, slow: 30, gathered: 4 },
  /** `stuck`: more than all slots of two workers, which a message that is sent without a share keeps until it is answered. */
  full: { bursts: 3, stuck: 120, slow: 60, gathered: 30 },
};
/** Of the time of the load. */
const FIRST_BURST = 0.05;
const BETWEEN_BURSTS = 0.22;
/** An answer of the stuck receiver is to be had from then on. */
const RELEASE = { smoke: 0.6, full: 0.75 };
const MAX_A_REQUEST = 75;
const CALLED_OFF_AFTER_MS = 150;

export const sizeOf = ({ isSmoke }) => (isSmoke ? 'smoke' : 'full');

/** When the stuck receiver answers again, ms after the start of the load. */
export const releaseAt = ({ isSmoke, loadMs }) => Math.round(RELEASE[sizeOf({ isSmoke })] * loadMs);

/** Events and requests as `planLoad` makes them. `people` is how many there are, `size` one of `smoke` and `full`. */
export function planCrowds({ seed, prefix, people, loadMs, size }) {
  const dice = createDice(seed, `crowds ${prefix}`);
  const { bursts, ...sizes } = SIZES[size];
  const events = [];
  const requests = [];
  const post = (posted) => {
    events.push(...posted);
    for (let first = 0; first < posted.length; first += MAX_A_REQUEST) {
      const batch = posted.slice(first, first + MAX_A_REQUEST);
      const repeats = dice.chance(0.2) ? [dice.pick(['same key', 'new key'])] : [];
      const id = `c${requests.length}`;
      requests.push({ id, at: batch.at(-1).at, events: batch, repeats, touches: null, poison: null });
    }
  };
  for (let burst = 0; burst < bursts; burst++) {
    const at = Math.floor((FIRST_BURST + burst * BETWEEN_BURSTS) * loadMs);
    const user = () => `p${dice.whole(1, people)}`;
    const some = (count, name, more = () => ({})) =>
      Array.from({ length: count }, (_, n) => ({
        eid: `${prefix}${name}${burst}-${n}`,
        name,
        user: user(),
        at,
        ...more(),
      }));
    post(some(sizes.stuck, 'called'));
    post(some(sizes.slow, 'wondered', () => ({ poison: true })));
    for (const [n, off] of some(sizes.gathered, 'dispersed').entries()) {
      const called = Array.from({ length: MAX_A_REQUEST }, (_, each) => ({
        ...off,
        eid: `${prefix}gathered${burst}-${n}-${each}`,
        name: 'gathered',
        calledOffBy: off.eid,
      }));
      post(called);
      post([{ ...off, at: at + CALLED_OFF_AFTER_MS }]);
    }
  }
  return { events, requests };
}
