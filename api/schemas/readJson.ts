import type { Json } from '../../domain/json.js';

/**
 * Turns what JSON.parse made of a caller's text into a value we can store, compare and merge, or says why not.
 * The one place that refuses what PostgreSQL or JavaScript would choke on later. Messages never quote the input:
 * they are stored with answers, and the input is what could not be stored.
 */
export type ReadJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

export const MAX_JSON_DEPTH = 20;

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function readJson(value: unknown): ReadJson {
  try {
    return { ok: true, value: copy(value, 0) };
  } catch (error) {
    if (error instanceof Unstorable) return { ok: false, message: error.message };
    throw error;
  }
}

/** Carries the first objection out of the recursion. */
class Unstorable extends Error {}

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
    if (FORBIDDEN_KEYS.has(key)) {
      throw new Unstorable("The names '__proto__', 'constructor' and 'prototype' are not allowed");
    }
    copied[storable(key)] = copy(nested, depth + 1);
  }
  return copied;
}

function storable(text: string): string {
  if (text.includes('\u0000')) throw new Unstorable('Strings must not contain the character U+0000');
  if (!text.isWellFormed()) throw new Unstorable('Strings must be well-formed Unicode, without lone surrogates');
  return text;
}
