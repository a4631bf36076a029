import { RappelError } from '../../../domain/errors.js';
import type { JsonObject } from '../../../domain/json.js';
import { isJsonObject } from '../../../domain/profile/attributes/attributeChange.js';
import { digitsOf } from '../../../domain/schema/exactJson.js';
import { readJson } from '../readJson.js';
import { withTexts } from '../track/trackIdentity.js';

/** As many as one request may ask for (ID-01…ID-05). */
export const MAX_ASKED = 50;

export interface ListForm<T> {
  /** The field of the body that holds the list. */
  readonly field: string;
  /** What is in the list, in the plural, as callers are told. */
  readonly of: string;
  /** Fields of an item that are ids or names: a number there means its decimal text, with all its digits. */
  readonly ids: readonly string[];
  /** What else of an item is made a text first. */
  prepare?(item: object): unknown;
  /** The item, or the text of what is wrong with it, which never quotes the input. */
  read(item: JsonObject): T | string;
}

/**
 * The items of the list. A request with one that is not valid is refused whole, by `problems` that say which: of what is said
 * about who is who, half is worse than nothing.
 */
export function readList<T>(body: unknown, form: ListForm<T>): readonly T[] {
  const items = listIn(body, form.field);
  if (items === null || !items.every(isObject)) throw refused(`'${form.field}' must be an array of objects`);
  return readEach(items, form, (item) => readItem(item, form));
}

export interface TextsForm {
  readonly field: string;
  readonly of: string;
  readonly isValid: (text: string) => boolean;
  /** What callers are told of one that is not valid. */
  readonly form: string;
}

/** The same of a list of texts: a number among them means its decimal text. */
export function readTexts(body: unknown, { isValid, form, ...list }: TextsForm): readonly string[] {
  const items = listIn(body, list.field);
  if (items === null) throw refused(`'${list.field}' must be an array`);
  return readEach(items, list, (item) => {
    const text = typeof item === 'number' ? String(item) : (digitsOf(item) ?? item);
    const json = readJson(text);
    if (!json.ok) return json.message;
    return typeof text === 'string' && isValid(text) ? { item: text } : form;
  });
}

function readEach<Given, T>(
  items: readonly Given[],
  { field, of }: { readonly field: string; readonly of: string },
  read: (item: Given) => { readonly item: T } | string,
): readonly T[] {
  if (items.length === 0) throw refused(`'${field}' must not be empty`);
  if (items.length > MAX_ASKED) throw refused(`a single request may not contain more than ${MAX_ASKED} ${of}`);
  const found = items.map(read);
  const problems = found.flatMap((each, index) =>
    typeof each === 'string' ? [{ path: `${field}[${index}]`, message: each }] : [],
  );
  const [first] = problems;
  if (first !== undefined) throw new RappelError('invalid_request', first.message, problems);
  return found.flatMap((each) => (typeof each === 'string' ? [] : [each.item]));
}

/** Whether there is anything under that name. */
export function isListGiven(body: unknown, field: string): boolean {
  const given = fieldOf(body, field);
  return given !== null && given !== undefined;
}

/** What the body has under that name. */
export function fieldOf(body: unknown, field: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, field) ? Reflect.get(body, field) : undefined;
}

/** Null: there is no list under that name. */
function listIn(body: unknown, field: string): readonly unknown[] | null {
  const given = fieldOf(body, field);
  return Array.isArray(given) ? given : null;
}

export function refused(message: string): RappelError {
  return new RappelError('invalid_request', message);
}

function isObject(item: unknown): item is object {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function readItem<T>(item: object, { ids, prepare, read }: ListForm<T>): { readonly item: T } | string {
  const prepared = prepare?.(item) ?? item;
  const json = readJson(isObject(prepared) ? withTexts(prepared, ids) : prepared);
  if (!json.ok) return json.message;
  if (!isJsonObject(json.value)) return 'Every item must be an object';
  const found = read(json.value);
  return typeof found === 'string' ? found : { item: found };
}
