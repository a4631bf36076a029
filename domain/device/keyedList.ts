// Lists of a person's things that each have a key: what is named again takes the place of what was, at the end of the list,
// and of too many the oldest go. Whoever changes one tells all of it, or `{add, remove}`.
import { type Json, type JsonObject, jsonBytes } from '../json.js';
import { type AttributeChange, isJsonArray, isJsonObject } from '../profile/attributes/attributeChange.js';

interface KeyedList {
  readonly most: number;
  /** As JSON. */
  readonly mostBytes: number;
  /** As it is kept; null where it cannot be. */
  read(value: Json): JsonObject | null;
  keyOf(item: JsonObject): string;
  /** Whether `removed`, as a caller names it, means the item. */
  isNamed(item: JsonObject, removed: Json): boolean;
}

/** The list after the change: null removes it, undefined leaves it as it is. */
export function nextKeyedList(list: KeyedList, current: Json | undefined, change: AttributeChange): Json | undefined {
  if (change.kind === 'set') {
    if (change.value === null) return null;
    return isJsonArray(change.value) ? kept(list, [], { add: change.value, remove: [] }) : undefined;
  }
  return change.kind === 'editArray' ? kept(list, itemsOf(current), change) : undefined;
}

/**
 * The list of somebody with that of another whom they are merged with: what they lack comes before what they have, the latest
 * of it as far as there is room, and of one key what theirs does not say is filled. A list that cannot be read stays as it is.
 */
export function mergeKeyedLists(list: KeyedList, kept: Json, merged: Json): Json {
  if (!isJsonArray(kept)) return kept;
  const others = new Map(
    itemsOf(merged).flatMap((item) => {
      const known = list.read(item);
      return known === null ? [] : [[list.keyOf(known), known] as const];
    }),
  );
  let all: readonly Json[] = kept;
  for (const [index, item] of kept.entries()) {
    if (!isJsonObject(item)) continue;
    const key = list.keyOf(item);
    const other = others.get(key);
    others.delete(key);
    if (other !== undefined) all = ifRoom(list, all.with(index, { ...other, ...item }), all);
  }
  for (const other of [...others.values()].toReversed()) all = ifRoom(list, [other, ...all], all);
  return all;
}

function ifRoom({ most, mostBytes }: KeyedList, next: readonly Json[], before: readonly Json[]): readonly Json[] {
  const hasRoom = (next.length <= most || next.length === before.length) && jsonBytes(next) <= mostBytes;
  return hasRoom ? next : before;
}

/** The things of a stored list; what was stored under its name before it was checked may be anything. */
export function itemsOf(value: Json | undefined): readonly JsonObject[] {
  return value !== undefined && isJsonArray(value) ? value.filter(isJsonObject) : [];
}

function kept(
  list: KeyedList,
  before: readonly JsonObject[],
  { add, remove }: { readonly add: readonly Json[]; readonly remove: readonly Json[] },
): Json | undefined {
  const items = new Map(before.map((item) => [list.keyOf(item), item]));
  for (const each of add) {
    const item = list.read(each);
    if (item === null) return undefined;
    const key = list.keyOf(item);
    const known = items.get(key);
    items.delete(key);
    items.set(key, { ...known, ...item });
  }
  const left = [...items.values()].filter((item) => !remove.some((removed) => list.isNamed(item, removed)));
  const latest = left.slice(-list.most);
  if (jsonBytes(latest) > list.mostBytes) return undefined;
  return latest.length === 0 ? null : latest;
}
