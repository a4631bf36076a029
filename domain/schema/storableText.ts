/**
 * The one place that makes text from outside (a provider's answer, what a template renders, an error's message) fit to be
 * stored: PostgreSQL takes neither U+0000 nor half a surrogate pair, in a text or in JSON. Each becomes U+FFFD. The types of
 * the ports ask for it, so that nothing else reaches a statement.
 */
import type { Json, JsonObject } from '../json.js';

declare const storable: unique symbol;

export type StorableText = string & { readonly [storable]: true };
export type StorableObject = JsonObject & { readonly [storable]: true };

/** At most `maxLength` UTF-16 units, never cut within a character. */
export function storableText(text: string, maxLength = Number.POSITIVE_INFINITY): StorableText {
  const made = cleaned(text.length <= maxLength ? text : cut(text, maxLength));
  if (!isStorable(made)) throw new Error('a cleaned text cannot be stored');
  return made;
}

/** The same of every text in it, names of fields included. */
export function storableObject(object: JsonObject): StorableObject {
  const made = storableJson(object);
  if (!isStorableObject(made)) throw new Error('an object became something else');
  return made;
}

function storableJson(value: Json): Json {
  if (typeof value === 'string') return cleaned(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(storableJson);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [cleaned(name), storableJson(item)]));
}

function isStorable(text: string): text is StorableText {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** Of what `storableJson` makes: every text in it has been cleaned. */
function isStorableObject(value: Json): value is StorableObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function cleaned(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\u0000') ? wellFormed.replaceAll('\u0000', '\uFFFD') : wellFormed;
}

const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

function cut(text: string, maxLength: number): string {
  const kept = text.slice(0, maxLength);
  return HIGH_SURROGATE.test(kept) ? kept.slice(0, -1) : kept;
}
