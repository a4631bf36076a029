// H1: what one item of a `track` request may cost. Subjects are all kinds of change that there are, and all arrays.
import { parseTrack, parseTrackInSlices } from '../api/schemas/track/track.js';
import { MAX_ATTRIBUTES, MAX_ITEM_BYTES, MAX_ITEMS } from '../api/schemas/track/trackItems.js';
import type { Json, JsonObject } from '../domain/json.js';
import { applyAttributes } from '../domain/profile/attributes/applyAttributes.js';
import type { AttributeChange } from '../domain/profile/attributes/attributeChange.js';
import { MAX_ARRAY_LENGTH } from '../domain/profile/attributes/customValue.js';
import { MAX_PERSON_ATTRIBUTES } from '../domain/profile/attributes/profileSize.js';
import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { growth, LONGEST_PAUSE_MS, MOST_GROWTH, pauseMs, type Subject, subject } from '../test/setup/growth.js';
import type { InputArray } from './incoming.js';

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const named = (n: number, value: (i: number) => Json, prefix = 'a') =>
  Object.fromEntries(numbers(n).map((i): [string, Json] => [`${prefix}${i}`, value(i)]));
const update = (i: number) => ({
  $identifier_key: 'id',
  $identifier_value: i % MAX_ARRAY_LENGTH,
  $new_object: { id: i % MAX_ARRAY_LENGTH, v: i },
});
const everyone = (i: number) => ({ $identifier_key: 'k', $identifier_value: 1, $new_object: { [`n${i}`]: i } });
const LIST: Json = numbers(MAX_ARRAY_LENGTH).map((i) => ({ id: i, k: 1 }));
const FULL: JsonObject = {
  ...named(MAX_PERSON_ATTRIBUTES - 300, (i) => `value ${i}`, 'old'),
  list: LIST,
  numbers: numbers(MAX_ARRAY_LENGTH),
  nested: named(5_000, (i) => i),
};

interface Sized {
  readonly largest: number;
  item(n: number): JsonObject;
}

/** As many as 100 KB of an item hold. */
const byBytes = (each: number) => Math.floor((MAX_ITEM_BYTES - 300) / each);

/** The worst items of each kind of change. */
const ITEMS: Readonly<Record<AttributeChange['kind'], Readonly<Record<string, Sized>>>> = {
  set: {
    'many attributes': { largest: MAX_ATTRIBUTES, item: (n) => named(n, () => 'x'.repeat(200)) },
    'one large object': { largest: byBytes(14), item: (n) => ({ set: named(n, (i) => i) }) },
    'subscription groups': {
      largest: MAX_ATTRIBUTES,
      item: (n) => ({
        subscription_groups: numbers(n).map((i) => ({
          subscription_group_id: `group-${i % 100}`,
          subscription_state: i % 2 ? 'subscribed' : 'unsubscribed',
        })),
      }),
    },
  },
  merge: {
    'one large object': { largest: byBytes(14), item: (n) => ({ _merge_objects: true, nested: named(n, (i) => i) }) },
  },
  increment: { 'many numbers': { largest: MAX_ATTRIBUTES, item: (n) => named(n, () => ({ inc: 1 })) } },
  editArray: {
    'a long list of additions': { largest: byBytes(7), item: (n) => ({ numbers: { add: numbers(n) } }) },
    'a long list of removals': { largest: byBytes(7), item: (n) => ({ numbers: { remove: numbers(n) } }) },
  },
  editObjects: {
    additions: { largest: byBytes(20), item: (n) => ({ list: { $add: numbers(n).map((id) => ({ id })) } }) },
    removals: {
      largest: byBytes(60),
      item: (n) => ({ list: { $remove: numbers(n).map((id) => ({ $identifier_key: 'id', $identifier_value: id })) } }),
    },
    updates: { largest: byBytes(95), item: (n) => ({ list: { $update: numbers(n).map(update) } }) },
    'updates of everybody': {
      largest: byBytes(90),
      item: (n) => ({ _merge_objects: true, list: { $update: numbers(n).map(everyone) } }),
    },
  },
};

const ofItem = (item: JsonObject) => ({ attributes: [{ external_id: 'zoe', ...item }] });

/** What the parser makes of the item: it must be let in, or the largest input was not the largest. */
function changesOf(item: JsonObject): readonly AttributeChange[] {
  const parsed = parseTrack(ofItem(item));
  const [incoming] = parsed.kind === 'parsed' ? parsed.incoming : [];
  if (incoming?.kind !== 'attributes') throw new Error(`was refused: ${JSON.stringify(parsed).slice(0, 200)}`);
  return incoming.changes;
}

const FOLDS: readonly Subject[] = Object.entries(ITEMS).flatMap(([kind, items]) =>
  Object.entries(items).map(([name, { largest, item }]) =>
    subject(`${kind}: ${name}`, largest, {
      make: (n: number) => changesOf(item(n)),
      run: (changes) => applyAttributes({ ...EMPTY_PROFILE, attributes: FULL }, changes),
    }),
  ),
);

const PARSERS: readonly Subject[] = Object.entries(ITEMS).flatMap(([kind, items]) =>
  Object.entries(items).map(([name, { largest, item }]) =>
    subject(`reading ${kind}: ${name}`, largest, { make: (n: number) => ofItem(item(n)), run: parseTrack }),
  ),
);

const EVENTS: Readonly<Record<Exclude<InputArray, 'attributes'>, JsonObject>> = {
  events: { name: 'visited' },
  purchases: { product_id: 'sku', currency: 'EUR', price: 1 },
};
const ofEvent = (array: string, own: JsonObject, properties: JsonObject) => ({
  [array]: [{ external_id: 'zoe', time: '2026-03-06T10:00:00Z', ...own, properties }],
});
const ARRAYS: readonly Subject[] = Object.entries(EVENTS).map(([array, own]) =>
  subject(`reading ${array}`, byBytes(14), {
    make: (n: number) => ofEvent(array, own, { one: named(n, (i) => i) }),
    run: parseTrack,
  }),
);

describe.each([...FOLDS, ...PARSERS, ...ARRAYS].map((each) => [each.name, each] as const))('%s', (_name, each) => {
  test('holds nobody up, however large', () => {
    expect(pauseMs(each)).toBeLessThan(LONGEST_PAUSE_MS);
  });

  test('costs no more than its bytes', () => {
    expect(growth(each)).toBeLessThan(MOST_GROWTH);
  });
});

test('of a body of 225 items, 4 MiB, others are let through between the items', async () => {
  const full = named(256, (i) => `value ${i} ${'x'.repeat(40)}`);
  const items = (own: JsonObject) =>
    numbers(MAX_ITEMS).map((i) => ({ external_id: `p${i}`, time: '2026-03-06T10:00:00Z', ...own, properties: full }));
  const body = {
    attributes: numbers(MAX_ITEMS).map((i) => ({
      external_id: `p${i}`,
      ...named(MAX_ATTRIBUTES, () => 'x'.repeat(80)),
    })),
    ...Object.fromEntries(Object.entries(EVENTS).map(([array, own]) => [array, items(own)])),
  };
  expect(JSON.stringify(body).length).toBeGreaterThan(3.5 * 2 ** 20);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const parsed = await parseTrackInSlices(body);
  clearInterval(timer);
  expect(parsed).toMatchObject({ kind: 'parsed', errors: [] });
  // Reading all of it takes several slices.
  expect(turns).toBeGreaterThanOrEqual(2);
});
