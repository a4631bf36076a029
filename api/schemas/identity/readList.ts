import { RappelError } from '../../../domain/errors.js';
import type { JsonObject } from '../../../domain/json.js';
import { isJsonObject } from '../../../domain/profile/attributes/attributeChange.js';
import { readJson } from '../readJson.js';
import { withTexts } from '../trackIdentity.js';

/** As many as one request may ask for (ID-01…ID-05). */
export const MAX_ASKED = 50;

export interface ListForm<T> {
  /** The field of the body that holds the list. */
  readonly field: string;
  /** What is in the list, in the plural, as callers are told. */
  readonly of: string;
  /** Fields of an item that are ids or names: a number there means its decimal text, with all its digits. */
  readonly ids: readonly string[];
  /** The item, or the text of what is wrong with it, which never quotes the input. */
  read(item: JsonObject): T | string;
}

/**
 * The items of the list. A request with one that is not valid is refused whole, by `problems` that say which: of what is said
 * about who is who, half is worse than nothing.
 */
export function readList<T>(body: unknown, form: ListForm<T>): readonly T[] {
  const { field, of } = form;
  const items = listIn(body, field);
  if (items === null || !items.every(isObject)) throw refused(`'${field}' must be an array of objects`);
  if (items.length === 0) throw refused(`'${field}' must not be empty`);
  if (items.length > MAX_ASKED) throw refused(`a single request may not contain more than ${MAX_ASKED} ${of}`);
  const read = items.map((item) => readItem(item, form));
  const problems = read.flatMap((each, index) =>
    typeof each === 'string' ? [{ path: `${field}[${index}]`, message: each }] : [],
  );
  const [first] = problems;
  if (first !== undefined) throw new RappelError('invalid_request', first.message, problems);
  return read.flatMap((each) => (typeof each === 'string' ? [] : [each.item]));
}

/** Null: there is no list under that name. */
export function listIn(body: unknown, field: string): readonly unknown[] | null {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, field)) return null;
  const given: unknown = Reflect.get(body, field);
  return Array.isArray(given) ? given : null;
}

export function refused(message: string): RappelError {
  return new RappelError('invalid_request', message);
}

function isObject(item: unknown): item is object {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function readItem<T>(item: object, { ids, read }: ListForm<T>): { readonly item: T } | string {
  const json = readJson(withTexts(item, ids));
  if (!json.ok) return json.message;
  if (!isJsonObject(json.value)) return 'Every item must be an object';
  const found = read(json.value);
  return typeof found === 'string' ? found : { item: found };
}
