import type { Json } from '../../domain/json.js';
import { digitsOf } from '../../domain/schema/exactJson.js';

/**
 * Turns what JSON.parse made of a caller's text into a value we can store, compare and merge, or says why not.
 * The one place that refuses what PostgreSQL or JavaScript would choke on later. Messages name the field, where its name can
 * be stored, and never quote a value: they are stored with answers.
 */
export type ReadJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

export const MAX_JSON_DEPTH = 20;

const TOO_MANY_DIGITS = 'Has more digits than a number can hold: send it in quotes, as a text';

export function readJson(value: unknown): ReadJson {
  try {
    return { ok: true, value: copy(value, 0) };
  } catch (error) {
    if (error instanceof Unstorable) return { ok: false, message: error.message };
    throw error;
  }
}

/** Carries the first objection out of the recursion; the names of the fields on the way are put before it. */
class Unstorable extends Error {
  constructor(
    readonly objection: string,
    readonly path: readonly string[] = [],
  ) {
    super(path.length === 0 ? objection : `'${path.join('.')}': ${objection}`);
  }

  within(name: string): Unstorable {
    // A name that cannot be stored itself is what is wrong, and is not repeated.
    return isStorable(name) ? new Unstorable(this.objection, [name, ...this.path]) : new Unstorable(this.objection);
  }
}

function copy(value: unknown, depth: number): Json {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return storable(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Unstorable('Numbers must be finite (magnitude below 1.8e308)');
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= MAX_JSON_DEPTH)
        throw new Unstorable(`Values must not be nested deeper than ${MAX_JSON_DEPTH} levels`);
      return Array.isArray(value) ? value.map((item: unknown) => copy(item, depth + 1)) : copyObject(value, depth);
    default:
      throw new Unstorable('Only JSON values are allowed');
  }
}

function copyObject(value: object, depth: number): Json {
  const copied: Record<string, Json> = {};
  for (const [key, nested] of Object.entries(value)) {
    if (key === '__proto__') throw new Unstorable("The name '__proto__' is not allowed");
    copied[storable(key)] =
      typeof nested === 'object' || typeof nested === 'string' ? inside(key, nested, depth) : copy(nested, depth + 1);
  }
  return copied;
}

function inside(key: string, nested: unknown, depth: number): Json {
  try {
    return copy(nested, depth + 1);
  } catch (error) {
    throw error instanceof Unstorable ? error.within(key) : error;
  }
}

function storable(text: string): string {
  if (digitsOf(text) !== null) throw new Unstorable(TOO_MANY_DIGITS);
  if (text.includes('\u0000')) throw new Unstorable('Strings must not contain the character U+0000');
  if (!text.isWellFormed()) throw new Unstorable('Strings must be well-formed Unicode, without lone surrogates');
  return text;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
