import type { Json, JsonObject } from '../../json.js';
import type { UpdateSource } from '../subscriptionStates.js';

/**
 * What one field of an `attributes` item asks for (UT-08), read from its JSON form and not yet applied:
 * whether it holds for a given person is decided by `applyAttributes`.
 */
export type AttributeChange =
  /** A null value removes the attribute. */
  | { readonly kind: 'set'; readonly name: string; readonly value: Json; readonly source?: UpdateSource }
  /** `_merge_objects: true` with an object: merged deeply, null removing a nested key. */
  | { readonly kind: 'merge'; readonly name: string; readonly value: JsonObject }
  | { readonly kind: 'increment'; readonly name: string; readonly by: number }
  | {
      readonly kind: 'editArray';
      readonly name: string;
      readonly add: readonly Json[];
      readonly remove: readonly Json[];
    }
  /** `$add`, then `$remove`, then `$update`, on an array of objects. */
  | {
      readonly kind: 'editObjects';
      readonly name: string;
      readonly add: readonly Json[];
      readonly remove: readonly ObjectSelector[];
      readonly update: readonly ObjectUpdate[];
      /** Whether `$new_object` is merged into the object found, or replaces it. */
      readonly merge: boolean;
    };

/** The objects of an array whose `key` holds `value`. */
export interface ObjectSelector {
  readonly key: string;
  readonly value: Json;
}

export interface ObjectUpdate extends ObjectSelector {
  readonly object: JsonObject;
}

/** Null where the operators of the value are malformed: such an attribute is dropped, its neighbours are not. */
export function readAttributeChange(name: string, value: Json, merge: boolean): AttributeChange | null {
  if (!isJsonObject(value)) return { kind: 'set', name, value };
  const keys = Object.keys(value);
  if (keys.some((key) => OBJECT_OPERATORS.has(key))) return readObjectEdit(name, value, merge);
  if (keys.length === 1 && keys[0] === 'inc') {
    return typeof value.inc === 'number' ? { kind: 'increment', name, by: value.inc } : null;
  }
  if (keys.length > 0 && keys.every((key) => key === 'add' || key === 'remove')) {
    const add = value.add ?? [];
    const remove = value.remove ?? [];
    return isJsonArray(add) && isJsonArray(remove) ? { kind: 'editArray', name, add, remove } : null;
  }
  return merge && !('$time' in value) ? { kind: 'merge', name, value } : { kind: 'set', name, value };
}

const OBJECT_OPERATORS: ReadonlySet<string> = new Set(['$add', '$remove', '$update']);

function readObjectEdit(name: string, value: JsonObject, merge: boolean): AttributeChange | null {
  if (!Object.keys(value).every((key) => OBJECT_OPERATORS.has(key))) return null;
  const add = value.$add ?? [];
  const remove = value.$remove ?? [];
  const update = value.$update ?? [];
  if (!isJsonArray(add) || !isJsonArray(remove) || !isJsonArray(update)) return null;
  const selectors: ObjectSelector[] = [];
  for (const item of remove) {
    const selector = readSelector(item);
    if (selector === null) return null;
    selectors.push(selector);
  }
  const updates: ObjectUpdate[] = [];
  for (const item of update) {
    const selector = readSelector(item);
    const object = isJsonObject(item) ? item.$new_object : undefined;
    if (selector === null || object === undefined || !isJsonObject(object)) return null;
    updates.push({ ...selector, object });
  }
  return { kind: 'editObjects', name, add, remove: selectors, update: updates, merge };
}

function readSelector(item: Json): ObjectSelector | null {
  if (!isJsonObject(item)) return null;
  const { $identifier_key: key, $identifier_value: value } = item;
  return typeof key === 'string' && value !== undefined ? { key, value } : null;
}

export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
