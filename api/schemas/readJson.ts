import type { Json } from '../../domain/json.js';
import { digitsOf } from '../../domain/schema/exactJson.js';

/**
 * Turns what JSON.parse made of a caller's text into a value we can store, compare and merge, or says why not.
 * The one place that refuses what PostgreSQL or JavaScript would choke on later. Messages name the field, where its name can
 * be stored, and never quote a value: they are stored with answers.
 */
export type ReadJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

export const MAX_JSON_DEPTH = 20;

const NOT_JSON = 'Only JSON values are allowed';
const TOO_MANY_DIGITS = 'Has more digits than a number can hold: send it in quotes, as a text';

export function readJson(value: unknown): ReadJson {
  try {
    return isStorableJson(value, 0) ? { ok: true, value } : { ok: false, message: NOT_JSON };
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

/** Looked through where it is, not copied: a copy of each item was a tenth of reading it. Throws the first objection. */
function isStorableJson(value: unknown, depth: number): value is Json {
  switch (typeof value) {
    case 'boolean':
      return true;
    case 'string':
      requireStorable(value);
      return true;
    case 'number':
      if (!Number.isFinite(value)) throw new Unstorable('Numbers must be finite (magnitude below 1.8e308)');
      return true;
    case 'object':
      if (value === null) return true;
      if (depth >= MAX_JSON_DEPTH)
        throw new Unstorable(`Values must not be nested deeper than ${MAX_JSON_DEPTH} levels`);
      return Array.isArray(value)
        ? value.every((item: unknown) => isStorableJson(item, depth + 1))
        : isStorableObject(value, depth);
    default:
      throw new Unstorable(NOT_JSON);
  }
}

function isStorableObject(value: object, depth: number): boolean {
  for (const key of Object.keys(value)) {
    const nested: unknown = Reflect.get(value, key);
    if (key === '__proto__') throw new Unstorable("The name '__proto__' is not allowed");
    requireStorable(key);
    if (typeof nested === 'object' || typeof nested === 'string') inside(key, nested, depth);
    else isStorableJson(nested, depth + 1);
  }
  return true;
}

function inside(key: string, nested: unknown, depth: number): void {
  try {
    isStorableJson(nested, depth + 1);
  } catch (error) {
    throw error instanceof Unstorable ? error.within(key) : error;
  }
}

function requireStorable(text: string): void {
  if (text.includes('\u0000')) {
    // The mark of a number that lost digits begins with one.
    if (digitsOf(text) !== null) throw new Unstorable(TOO_MANY_DIGITS);
    throw new Unstorable('Strings must not contain the character U+0000');
  }
  if (!text.isWellFormed()) throw new Unstorable('Strings must be well-formed Unicode, without lone surrogates');
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
