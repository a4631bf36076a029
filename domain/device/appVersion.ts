// Versions of apps, compared number by number: 2.10 is after 2.9, and 2.0 is 2.
import type { Json, JsonObject } from '../json.js';

/** The numbers that a version begins with, as PostgreSQL and JavaScript both read it. */
export const VERSION_PATTERN = '^[0-9]{1,9}(?:[.][0-9]{1,9}){0,9}';
const BEGINNING = new RegExp(VERSION_PATTERN);

/** Its numbers without zeros at the end; null of a text that begins with none. "2.1-beta" counts as 2.1. */
export function readVersion(text: string): readonly number[] | null {
  const [beginning] = BEGINNING.exec(text) ?? [];
  if (beginning === undefined) return null;
  const numbers = beginning.split('.').map(Number);
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop();
  return numbers;
}

/** Below 0: `a` is before `b`. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (const [index, number] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (number !== other) return number - other;
  }
  return a.length - b.length;
}

/** Of the device that was told of last, of the app where there is one; null: none tells a version. */
export function latestVersion(devices: readonly JsonObject[], app: string | undefined): string | null {
  const version = (device: JsonObject): Json | undefined => device.app_version;
  const last = devices.findLast(
    (device) => typeof version(device) === 'string' && (app === undefined || device.app === app),
  );
  const text = last === undefined ? undefined : version(last);
  return typeof text === 'string' ? text : null;
}
