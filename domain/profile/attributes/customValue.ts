import type { Json, JsonObject } from '../../json.js';
import { parseTime } from '../parseInstant.js';
import { isJsonArray, isJsonObject } from './attributeChange.js';

/**
 * What a custom attribute may hold (UT-08, UT-09), whatever operation made it. Undefined means "not a value":
 * the whole attribute then stays as it was.
 */
export const MAX_STRING_LENGTH = 255;
export const MAX_ARRAY_LENGTH = 500;
export const MAX_ATTRIBUTE_BYTES = 100 * 1024;
const LATEST_NESTED_DATE = Date.UTC(3001, 0, 1);

export function cleanValue(value: Json): Json | undefined {
  const cleaned = isJsonArray(value)
    ? cleanArray(value)
    : isJsonObject(value)
      ? cleanObject(value)
      : cleanScalar(value);
  return cleaned !== undefined && isSmallEnough(cleaned) ? cleaned : undefined;
}

/** Scalars are unique, the latest `MAX_ARRAY_LENGTH` stay; objects may repeat. */
export function cleanArray(values: readonly Json[]): readonly Json[] | undefined {
  const seen = new Set<Json>();
  const cleaned: Json[] = [];
  for (const value of values) {
    const item = cleanNested(value);
    if (item === undefined) return undefined;
    if (typeof item !== 'object') {
      if (seen.has(item)) continue;
      seen.add(item);
    }
    cleaned.push(item);
  }
  return cleaned.slice(-MAX_ARRAY_LENGTH);
}

/** A nested null removes its key; `{"$time": "…"}` is a date, kept as an ISO 8601 instant. */
export function cleanObject(value: JsonObject): JsonObject | string | undefined {
  if ('$time' in value) return cleanDate(value);
  const cleaned: Record<string, Json> = {};
  for (const [key, nested] of Object.entries(value)) {
    if (key.length === 0 || key.length > MAX_STRING_LENGTH || key.startsWith('$')) return undefined;
    if (nested === null) continue;
    const item = cleanNested(nested);
    if (item === undefined) return undefined;
    cleaned[key] = item;
  }
  return cleaned;
}

/** `_merge_objects`: nested objects merge, everything else replaces, null removes. */
export function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const current = merged[key];
    if (value === null) delete merged[key];
    else if (isJsonObject(value) && !('$time' in value)) {
      merged[key] = mergeObjects(current !== undefined && isJsonObject(current) ? current : {}, value);
    } else merged[key] = value;
  }
  return merged;
}

/** Whether two values are the same, whatever the order of keys. */
export function isSameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, index) => isSameJson(item, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key] ?? null, b[key] ?? null))
  );
}

function cleanNested(value: Json): Json | undefined {
  if (value === null) return undefined;
  if (isJsonArray(value)) return cleanArray(value);
  return isJsonObject(value) ? cleanObject(value) : cleanScalar(value);
}

function cleanScalar(value: Json): Json | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' ? truncate(value) : value;
}

function cleanDate(value: JsonObject): string | undefined {
  const text = value.$time;
  const at = typeof text === 'string' ? (parseTime(text)?.at ?? null) : null;
  return at !== null && at < LATEST_NESTED_DATE ? new Date(at).toISOString() : undefined;
}

/** Cut between characters: half a surrogate pair is not text, and PostgreSQL refuses it. */
function truncate(text: string): string {
  if (text.length <= MAX_STRING_LENGTH) return text;
  const cut = text.slice(0, MAX_STRING_LENGTH);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

function isSmallEnough(value: Json): boolean {
  return typeof value !== 'object' || Buffer.byteLength(JSON.stringify(value)) <= MAX_ATTRIBUTE_BYTES;
}
