// Edits of list attributes (UT-08), each at a cost that grows with its bytes: what an edit names is looked up by its
// canonical text, not compared with every value of the list.
import { canonicalJson, type Json, mostJsonBytes } from '../../json.js';
import {
  type AttributeChange,
  isJsonArray,
  isJsonObject,
  type ObjectSelector,
  type ObjectUpdate,
} from './attributeChange.js';
import { cleanArray, cleanValue, MAX_ATTRIBUTE_BYTES, mergeObjects } from './customValue.js';

/** What all updates of one edit may read and write together: each may meet every object of the list. */
const MAX_TOUCHED_BYTES = 20 * MAX_ATTRIBUTE_BYTES;

/** The list with `remove` and then `add` applied; undefined where the edit cannot be taken. */
export function editArray(
  current: Json | undefined,
  change: AttributeChange & { kind: 'editArray' },
): Json | undefined {
  if (current !== undefined && !isJsonArray(current)) return undefined;
  const add = cleanArray(change.add);
  if (add === undefined) return undefined;
  if (current === undefined && add.length === 0) return undefined;
  const removed = new Set([...change.remove, ...add].map(canonicalJson));
  const kept = (current ?? []).filter((item) => !removed.has(canonicalJson(item)));
  return cleanValue([...kept, ...add]);
}

/** The list of objects with `$add`, `$remove` and `$update` applied; undefined where the edit cannot be taken. */
export function editObjects(
  current: Json | undefined,
  { add, remove, update, merge }: AttributeChange & { kind: 'editObjects' },
): Json | undefined {
  if (current !== undefined && !isJsonArray(current)) return undefined;
  if (current === undefined && add.length === 0) return undefined;
  const removed = indexOf(remove);
  const kept = [...(current ?? []), ...add].filter((item) => firstMatch(item, removed, 0) === undefined);
  const updates = { index: indexOf(update), update, merge, bytesLeft: MAX_TOUCHED_BYTES };
  const updated: Json[] = [];
  for (const item of kept) {
    const object = applyUpdates(item, updates);
    if (object === undefined) return undefined;
    updated.push(object);
  }
  return cleanValue(updated);
}

/** By the key and the canonical text of the value that they ask for: the places of the selectors, ascending. */
type SelectorIndex = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

function indexOf(selectors: readonly ObjectSelector[]): SelectorIndex {
  const index = new Map<string, Map<string, number[]>>();
  for (const [place, { key, value }] of selectors.entries()) {
    const text = canonicalJson(value);
    const ofKey = index.get(key) ?? new Map<string, number[]>();
    index.set(key, ofKey);
    const places = ofKey.get(text);
    if (places === undefined) ofKey.set(text, [place]);
    else places.push(place);
  }
  return index;
}

/** The place of the first selector, not before `from`, that the item meets. */
function firstMatch(item: Json, index: SelectorIndex, from: number): number | undefined {
  if (index.size === 0 || !isJsonObject(item)) return undefined;
  let first: number | undefined;
  for (const [key, value] of Object.entries(item)) {
    const place = firstFrom(index.get(key)?.get(canonicalJson(value)) ?? [], from);
    if (place !== undefined && (first === undefined || place < first)) first = place;
  }
  return first;
}

/** The first of the ascending places that is not before `from`. */
function firstFrom(places: readonly number[], from: number): number | undefined {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return places[low];
}

interface Updates {
  readonly index: SelectorIndex;
  readonly update: readonly ObjectUpdate[];
  readonly merge: boolean;
  bytesLeft: number;
}

/** The item after all updates that it meets, in their order; undefined when they touch more than an edit may. */
function applyUpdates(item: Json, updates: Updates): Json | undefined {
  let object = item;
  for (let from = 0; ; ) {
    const place = firstMatch(object, updates.index, from);
    const found = place === undefined ? undefined : updates.update[place];
    if (place === undefined || found === undefined || !isJsonObject(object)) return object;
    object = updates.merge ? mergeObjects(object, found.object) : found.object;
    from = place + 1;
    updates.bytesLeft -= mostJsonBytes(object);
    if (updates.bytesLeft < 0) return undefined;
  }
}
