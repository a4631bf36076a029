// What the load will be, from the seed alone: who does what when, in which requests it is posted, and which requests
// are posted again although they were answered. Times are ms after the start of the load.
import { planCrowds } from './neighbours/crowds.mjs';
import { createDice } from './random.mjs';

/** What an event is, and how often. */
const KINDS = [
  { name: 'ordered', weight: 44 },
  { name: 'asked', weight: 14 },
  { name: 'joined', weight: 10 },
  { name: 'planned', weight: 8 },
  { name: 'viewed', weight: 10 },
  { name: 'cancel', weight: 14 },
];
/** Properties no one should send, as JSON text: each must harm at most its own event. */
export const POISONS = [
  String.raw`{"text":"a\u0000b"}`,
  String.raw`{"text":"\ud800"}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  '{"number":1e400}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}',
  `{"long":"${'x'.repeat(200_000)}"}`,
];
const MAX_A_REQUEST = 8;
const POISONED_ORDERS = 2;
const NONE = { events: [], requests: [] };

/** E-mails alone. */
export const ONLY_MAIL = [{ name: 'asked', weight: 1 }];

/** `requests` in the order in which they are posted; `events` by `eid`. `crowds`: of which size, or none. */
export function planLoad({ seed, prefix, kinds = KINDS, events: wanted, loadMs, reorderMs, crowds = null }) {
  const dice = createDice(seed, `load ${prefix}`);
  const people = Math.max(10, Math.round(wanted / 4));
  const events = [];
  const cancellable = [];
  for (let n = 0; n < wanted; n++) {
    const at = Math.floor((n / wanted) * loadMs);
    const kind = weighted(dice, kinds);
    const victim = kind === 'cancel' ? takeVictim(dice, cancellable, at) : undefined;
    if (victim !== undefined) {
      const name = victim.name === 'ordered' ? 'purchase' : 'unplanned';
      events.push({
        eid: `${prefix}${n}`,
        name,
        user: victim.user,
        at: Math.max(at, victim.at + 100),
        cancels: victim.eid,
      });
      continue;
    }
    const event = {
      eid: `${prefix}${n}`,
      name: kind === 'cancel' ? 'viewed' : kind,
      user: `p${dice.whole(1, people)}`,
      at,
    };
    events.push(event);
    if (event.name === 'ordered' || event.name === 'planned') cancellable.push(event);
  }
  // Some of those that nothing cancels carry the poison.
  const cancelled = new Set(events.map(({ cancels }) => cancels));
  const innocent = events.filter(({ eid, name }) => name === 'ordered' && !cancelled.has(eid));
  for (const event of dice.shuffle(innocent).slice(0, POISONED_ORDERS)) event.poison = true;
  const beside = crowds === null ? NONE : planCrowds({ seed, prefix, people, loadMs, size: crowds });
  const requests = [...toRequests(dice, events, reorderMs), ...beside.requests];
  return {
    people: Array.from({ length: people }, (_, n) => `p${n + 1}`),
    events: [...events, ...beside.events],
    requests: requests.sort((one, other) => one.at - other.at),
  };
}

function weighted(dice, kinds) {
  let left = dice.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  return kinds.find(({ weight }) => (left -= weight) < 0)?.name ?? kinds[0].name;
}

/** An earlier event that is cancelled now: mostly a fresh one, before it is due. */
function takeVictim(dice, cancellable, at) {
  const fresh = cancellable.filter((event) => at - event.at < 1_500);
  if (fresh.length === 0) return undefined;
  const victim = dice.pick(fresh);
  cancellable.splice(cancellable.indexOf(victim), 1);
  return victim;
}

/** Posted in batches; a few events arrive long after they happened, and so out of order. */
function toRequests(dice, events, reorderMs) {
  const posted = events
    .map((event) => ({ event, postAt: event.at + (dice.chance(0.05) ? dice.whole(0, reorderMs) : 0) }))
    .sort((one, other) => one.postAt - other.postAt);
  const requests = [];
  for (let first = 0; first < posted.length; ) {
    const batch = posted.slice(first, first + dice.whole(1, MAX_A_REQUEST));
    first += batch.length;
    requests.push({
      id: `r${requests.length}`,
      at: batch.at(-1).postAt,
      events: dice.shuffle(batch.map(({ event }) => event)),
      // Also when the first was answered: with the same Idempotency-Key, or as a new request with the same event ids.
      repeats: dice.chance(0.2)
        ? Array.from({ length: dice.whole(1, 5) }, () => dice.pick(['same key', 'new key']))
        : [],
      touches: dice.chance(0.1) ? batch[0].event.user : null,
      // An index into the poisons, posted beside good neighbours.
      poison: null,
    });
  }
  for (const [n, request] of dice.shuffle(requests).slice(0, POISONS.length).entries()) request.poison = n;
  return requests;
}
