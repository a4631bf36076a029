// A person's devices (SG-16), the one that was told of last at the end: an attribute of that name, of a shape of its own.
import type { Json, JsonObject } from '../json.js';
import { type AttributeChange, isJsonObject } from '../profile/attributes/attributeChange.js';
import { type Profile, profileValue } from '../profile/profile.js';
import { itemsOf, mergeKeyedLists, nextKeyedList } from './keyedList.js';

export const DEVICES = 'devices';
const MOST_DEVICES = 20;
const MOST_BYTES = 32 * 1024;
const MOST_CHARACTERS = 255;

const TEXTS = new Set(['device_id', 'app', 'os', 'os_version', 'model', 'carrier', 'locale', 'app_version']);
const FLAG = 'push_enabled';

export const DEVICES_FORM =
  `is not a list of devices, each with a device_id and texts of at most ${MOST_CHARACTERS} characters (${[...TEXTS].slice(1).join(', ')}) or ` +
  `${FLAG} (true or false), ${MOST_BYTES / 1024} KB in all: it stays as it was`;

/** See `nextKeyedList`. */
export function nextDevices(current: Json | undefined, change: AttributeChange): Json | undefined {
  return nextKeyedList(LIST, current, change);
}

/** See `mergeKeyedLists`. */
export function mergeDevices(kept: Json, merged: Json): Json {
  return mergeKeyedLists(LIST, kept, merged);
}

export function devicesOf(profile: Profile): readonly JsonObject[] {
  return itemsOf(profileValue(profile, DEVICES));
}

const LIST = {
  most: MOST_DEVICES,
  mostBytes: MOST_BYTES,
  read: readDevice,
  keyOf: ({ device_id }: JsonObject) => JSON.stringify(device_id ?? null),
  isNamed: (device: JsonObject, removed: Json) => device.device_id === removed,
};

function readDevice(value: Json): JsonObject | null {
  if (!isJsonObject(value) || typeof value.device_id !== 'string') return null;
  const device: Record<string, Json> = {};
  for (const [name, each] of Object.entries(value)) {
    if (each === null) continue;
    if (!isAllowed(name, each)) return null;
    device[name] = each;
  }
  return device;
}

function isAllowed(name: string, value: Json): boolean {
  if (name === FLAG) return typeof value === 'boolean';
  return TEXTS.has(name) && typeof value === 'string' && value !== '' && value.length <= MOST_CHARACTERS;
}
