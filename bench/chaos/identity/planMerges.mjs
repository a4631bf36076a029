// Who is merged with whom, what the two do before, meanwhile and after, and in which requests it is posted, from the seed alone.
// Times are ms after the start of the load.
import { createDice } from '../random.mjs';

/** How the one who is merged is known. `crossing`: each of the two is merged into the other, at the same time. */
const FORMS = ['id', 'alias', 'identified', 'address', 'number', 'crossing'];
const KINDS = [
  { name: 'seen', weight: 32 },
  { name: 'session', weight: 12 },
  { name: 'purchase', weight: 18 },
  { name: 'ordered', weight: 14 },
  { name: 'joined', weight: 10 },
  { name: 'welcomed', weight: 4 },
  { name: 'planned', weight: 10 },
];
/** How long a pair is busy: its events happen in it, and its merge comes in the midst of them. */
const BUSY_MS = 6_000;
const LATE_MS = 5_000;
const MOST_A_REQUEST = 20;
const PRODUCTS = ['cup', 'plate'];

/** `pairs` and `events` by their names, `requests` in the order in which they are posted. */
export function planMerges({ seed, pairs: wanted, pairsASecond }) {
  const dice = createDice(seed, 'merges');
  const pairs = Array.from({ length: wanted }, (_, n) => planPair(dice, n, Math.floor((n * 1_000) / pairsASecond)));
  const events = pairs.flatMap((pair) => planEvents(dice, pair));
  const requests = [...pairs.flatMap((pair) => planMerge(dice, pair)), ...planPosts(dice, events, pairs)];
  return {
    pairs,
    events,
    requests: requests.sort((one, other) => one.at - other.at),
    loadMs: Math.ceil((wanted * 1_000) / pairsASecond) + BUSY_MS + LATE_MS,
  };
}

function planPair(dice, n, at) {
  const form = dice.pick(FORMS);
  return { n, form, at, mergeAt: at + dice.whole(1_000, BUSY_MS - 1_000), one: `one${n}`, other: `other${n}` };
}

/** How a request names a person; `number` is the one of ours, once it is known. */
export function nameOf({ form, one, other }, who, number) {
  if (who === 'other') return { external_id: other };
  switch (form) {
    case 'alias':
    case 'identified':
      return { user_alias: { alias_label: 'device', alias_name: one } };
    case 'address':
      return { email: `${one}@people.example` };
    case 'number':
      return number === undefined ? { external_id: one } : { braze_id: String(number) };
    default:
      return { external_id: one };
  }
}

/** What makes the two: each has an attribute of its own. */
export function profilesOf(pair) {
  const isNamedByAlias = pair.form === 'alias' || pair.form === 'identified';
  return [
    { ...nameOf(pair, 'one'), ...(isNamedByAlias ? { _update_existing_only: false } : {}), of_one: pair.one },
    { ...nameOf(pair, 'other'), of_other: pair.other },
  ];
}

function planEvents(dice, pair) {
  const events = Array.from({ length: dice.whole(3, 6) }, (_, k) => {
    const at = pair.at + dice.whole(0, BUSY_MS);
    return {
      eid: `m${pair.n}-${k}`,
      pair: pair.n,
      who: dice.pick(['one', 'other']),
      name: weighted(dice),
      at,
      // Some arrive long after they happened, and so under a name that leads to another by then.
      postAt: at + (dice.chance(0.2) ? dice.whole(0, LATE_MS) : 0),
      ...(dice.chance(0.5) ? { product: dice.pick(PRODUCTS), price: dice.whole(1, 40) / 4 } : {}),
    };
  });
  // Of what one waits for, the other of the two does what calls it off, after they have become one.
  const planned = events.find(({ name }) => name === 'planned');
  if (planned === undefined || dice.chance(0.5)) return events;
  const at = Math.max(planned.postAt, pair.mergeAt) + dice.whole(500, LATE_MS);
  const who = planned.who === 'one' ? 'other' : 'one';
  return [
    ...events,
    { eid: `m${pair.n}-x`, pair: pair.n, who, name: 'unplanned', at, postAt: at, cancels: planned.eid },
  ];
}

function weighted(dice) {
  let left = dice.next() * KINDS.reduce((sum, { weight }) => sum + weight, 0);
  return KINDS.find(({ weight }) => (left -= weight) < 0)?.name ?? KINDS[0].name;
}

function planMerge(dice, { n, form, mergeAt, one, other }) {
  const identifier = (who) => nameOf({ form, one, other }, who);
  const merges = (from, into) => ({
    merge_updates: [{ identifier_to_merge: identifier(from), identifier_to_keep: identifier(into) }],
  });
  const base = { pair: n, kind: 'merge', at: mergeAt };
  switch (form) {
    case 'identified':
      return [
        {
          ...base,
          id: `merge${n}`,
          path: '/users/identify',
          body: { aliases_to_identify: [{ external_id: other, ...identifier('one') }] },
        },
      ];
    case 'address':
      return [
        {
          ...base,
          id: `merge${n}`,
          path: '/users/identify',
          body: {
            emails_to_identify: [{ external_id: other, ...identifier('one'), prioritization: ['unidentified'] }],
          },
        },
      ];
    case 'crossing':
      return [
        { ...base, id: `merge${n}`, path: '/users/merge', body: merges('one', 'other') },
        {
          ...base,
          id: `back${n}`,
          path: '/users/merge',
          body: merges('other', 'one'),
          at: mergeAt + dice.whole(0, 20),
        },
      ];
    default:
      return [{ ...base, id: `merge${n}`, path: '/users/merge', body: merges('one', 'other') }];
  }
}

/** Events of neighbours in time share requests; a part of them brings an attribute along. */
function planPosts(dice, events, pairs) {
  const posted = [...events].sort((one, other) => one.postAt - other.postAt);
  const requests = [];
  for (let first = 0; first < posted.length; ) {
    const batch = posted.slice(first, first + dice.whole(1, MOST_A_REQUEST));
    first += batch.length;
    const id = `r${requests.length}`;
    const [{ pair, who }] = batch;
    const touches = dice.chance(0.3) ? { pair: pairs[pair].n, who, name: `touched_${id}` } : null;
    requests.push({ id, kind: 'track', at: batch.at(-1).postAt, events: dice.shuffle(batch), touches });
  }
  return requests;
}

/** A request of the plan as it is posted; `numbers` are ours, by external id. */
export function trackBody({ events, touches }, { pairs, numbers, startedAt }) {
  const name = ({ pair, who }) => nameOf(pairs[pair], who, numbers.get(pairs[pair].one));
  const items = events.map((event) => itemOf(event, { ...name(event), ...idAndTime(event, startedAt) }));
  return {
    ...(touches === null ? {} : { attributes: [{ ...name(touches), [touches.name]: true }] }),
    events: items.filter((item) => item.product_id === undefined),
    purchases: items.filter((item) => item.product_id !== undefined),
  };
}

function idAndTime({ eid, at, cancels }, startedAt) {
  return {
    event_id: eid,
    time: new Date(startedAt + at).toISOString(),
    properties: { eid, ...(cancels === undefined ? {} : { order: cancels }) },
  };
}

/** What happened, of whoever `base` says. */
export function itemOf({ name, product = 'cup', price = 5 }, base) {
  switch (name) {
    case 'session':
      return { ...base, kind: 'session' };
    case 'purchase':
      return { ...base, product_id: product, currency: 'EUR', price };
    default:
      return { ...base, name };
  }
}
