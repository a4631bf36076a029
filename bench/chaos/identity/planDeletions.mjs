// Who is deleted when, and what is said of them before and meanwhile, from the seed alone; beside them people who are kept,
// so that what is found of nobody is not what is never kept. Times are ms after the start of the load.
import { createDice } from '../random.mjs';
import { createPlanter } from './planted.mjs';

/** What the deletion comes in the midst of. `merged`: of a pair, the one who is merged is deleted, or both are. */
const GROUPS = ['waiting', 'called', 'wrote', 'merged'];
const PEOPLE_A_SECOND = 15;
const BUSY_MS = 5_000;
const DELAY_MS = 1_000;
/** Beside so many who are deleted one is kept. */
const KEPT_EVERY = 3;

/** `people` with what becomes of each, `requests` in the order in which they are posted, `places` of what is planted. */
export function planDeletions({ seed, people: wanted }) {
  const dice = createDice(seed, 'deletions');
  const planter = createPlanter(seed);
  const people = [];
  const requests = [];
  for (let n = 0; people.filter(({ isDeleted }) => isDeleted).length < wanted; n++) {
    const group = GROUPS[n % GROUPS.length];
    const isDeleted = Math.floor(n / GROUPS.length) % (KEPT_EVERY + 1) !== KEPT_EVERY;
    const at = Math.floor((n * 1_000) / PEOPLE_A_SECOND);
    const one = personOf(planter, { key: `d${n}`, group, isDeleted });
    const met = { one, at, actAt: at + dice.whole(1_000, 2_500) };
    people.push(one);
    requests.push(...eventsOf(dice, met));
    if (group === 'merged') {
      // Whoever the one is merged into may be gone with them, or be there as ever: the deletion may come first.
      const isWith = isDeleted && dice.chance(0.6);
      const other = personOf(planter, {
        key: `d${n}b`,
        group,
        isDeleted: isWith,
        goesWith: isDeleted ? one.key : null,
      });
      people.push(other);
      requests.push(...eventsOf(dice, { ...met, one: other }), mergeOf(met, other));
      if (isWith) requests.push(deletionOf(dice, { one: other, at: met.actAt + dice.whole(0, 600) }));
    }
    if (isDeleted) requests.push(deletionOf(dice, { one, at: deletedAt(dice, met) }));
  }
  requests.sort((one, other) => one.at - other.at);
  return { people, requests, places: planter.places, loadMs: requests.at(-1).at + BUSY_MS };
}

function personOf(planter, { key, group, isDeleted, goesWith = null }) {
  const text = (field) => planter.text(key, field);
  return {
    key,
    group,
    isDeleted,
    /** Deleted under the name of the one they may have become one with. */
    goesWith,
    externalId: text('external id'),
    alias: text('alias'),
    profile: {
      email: `${text('e-mail')}@people.example`,
      phone: planter.phone(key),
      first_name: text('first name'),
      last_name: text('last name'),
      home_city: text('city'),
      secret: text('attribute'),
      push_tokens: [{ app_id: 'shop', token: text('token') }],
    },
    note: text('property'),
    product: text('product'),
    order: text('property of a purchase'),
  };
}

/** Posted before the load. */
export function profileOf({ externalId, profile }) {
  return { external_id: externalId, ...profile };
}

export function aliasOf({ externalId, alias }) {
  return { external_id: externalId, alias_label: 'crm', alias_name: alias };
}

/** What they do: of each kind that leaves something behind, and what is due when they are deleted. */
function eventsOf(dice, { one, at, actAt }) {
  const [before, due] = one.group === 'wrote' ? ['called', 'wrote'] : ['wrote', 'called'];
  const requests = [
    { at, names: ['seen', 'asked', 'gave', 'reserved', before] },
    { at: actAt, names: [due] },
    // In the midst of it: recorded of them, or of nobody.
    ...Array.from({ length: 2 }, () => ({ at: actAt + dice.whole(0, 2 * DELAY_MS), names: ['seen'] })),
  ];
  return requests.map((request, k) => {
    const id = `r${one.key}-${k}`;
    return { id, kind: 'track', person: one.key, ...request, purchase: k === 0 ? one.product : null };
  });
}

/** A request of the plan as it is posted: it makes nobody who is gone already. */
export function eventBody({ id, person, names, at, purchase }, { people, startedAt }) {
  const { externalId, note, order } = people.get(person);
  const base = {
    external_id: externalId,
    _update_existing_only: true,
    time: new Date(startedAt + at).toISOString(),
  };
  const bought = { ...base, event_id: `${id}-bought`, product_id: purchase, currency: 'EUR', price: 5 };
  return {
    events: names.map((name) => {
      const eid = `${id}-${name}`;
      return { ...base, event_id: eid, name, properties: { eid, note } };
    }),
    ...(purchase === null ? {} : { purchases: [{ ...bought, properties: { order } }] }),
  };
}

function mergeOf({ one, actAt }, other) {
  return {
    id: `merge-${one.key}`,
    kind: 'merge',
    path: '/users/merge',
    at: actAt,
    body: {
      merge_updates: [
        {
          identifier_to_merge: { external_id: one.externalId },
          identifier_to_keep: { external_id: other.externalId },
        },
      ],
    },
  };
}

/** About the instant at which what they did is due, or they are merged. */
function deletedAt(dice, { one, actAt }) {
  if (one.group === 'merged') return actAt + dice.whole(-100, 400);
  return actAt + (one.group === 'waiting' ? dice.whole(0, 500) : DELAY_MS + dice.whole(-300, 700));
}

function deletionOf(dice, { one, at }) {
  // Of a label a person has one name: the alias of somebody merged may be nobody's, and their external id leads on.
  const body =
    one.group === 'merged' || dice.chance(0.7)
      ? { external_ids: [one.externalId] }
      : { user_aliases: [{ alias_label: 'crm', alias_name: one.alias }] };
  return { id: `delete-${one.key}`, kind: 'delete', person: one.key, path: '/users/delete', at, body };
}
