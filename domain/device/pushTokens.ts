// The tokens by which a person's devices are pushed to (SG-16): an attribute of that name, of a shape of its own. They are
// personal: no filter shows one as what it saw.
import type { Json, JsonObject } from '../json.js';
import { type AttributeChange, isJsonArray, isJsonObject } from '../profile/attributes/attributeChange.js';
import { type Profile, profileValue } from '../profile/profile.js';
import { devicesOf } from './devices.js';
import { itemsOf, mergeKeyedLists, nextKeyedList } from './keyedList.js';

export const PUSH_TOKENS = 'push_tokens';
const MOST_TOKENS = 20;
const MOST_BYTES = 64 * 1024;
const MOST_CHARACTERS = { app_id: 255, token: 4_096, device_id: 255 } as const;

export const PUSH_TOKENS_FORM =
  `is not a list of {app_id, token, device_id} (device_id may be left out), of which a token has at most ${MOST_CHARACTERS.token} ` +
  `characters, and all of them at most ${MOST_BYTES / 1024} KB: it stays as it was`;

/** A list adds its tokens to those that there are, as the reference product has it. See `nextKeyedList`. */
export function nextPushTokens(current: Json | undefined, change: AttributeChange): Json | undefined {
  const added = change.kind === 'set' && isJsonArray(change.value) ? change.value : null;
  if (added === null) return nextKeyedList(LIST, current, change);
  return nextKeyedList(LIST, current, { kind: 'editArray', name: change.name, add: added, remove: [] });
}

/** See `mergeKeyedLists`. */
export function mergePushTokens(kept: Json, merged: Json): Json {
  return mergeKeyedLists(LIST, kept, merged);
}

/** Whether one of the tokens, of the app where there is one, may show messages: its device does not say that push is off. */
export function hasForegroundToken(profile: Profile, app: string | undefined): boolean {
  const off = new Set(
    devicesOf(profile).flatMap(({ device_id, push_enabled }) => (push_enabled === false ? [device_id] : [])),
  );
  return itemsOf(profileValue(profile, PUSH_TOKENS)).some(
    ({ app_id, token, device_id }) =>
      typeof token === 'string' &&
      (app === undefined || app_id === app) &&
      !(device_id !== undefined && off.has(device_id)),
  );
}

const LIST = {
  most: MOST_TOKENS,
  mostBytes: MOST_BYTES,
  read: readToken,
  keyOf: ({ app_id, token }: JsonObject) => JSON.stringify([app_id ?? null, token ?? null]),
  isNamed: ({ token }: JsonObject, removed: Json) => token === removed,
};

function readToken(value: Json): JsonObject | null {
  if (!isJsonObject(value)) return null;
  const { app_id, token, device_id = null } = value;
  if (!isText(app_id, MOST_CHARACTERS.app_id) || !isText(token, MOST_CHARACTERS.token)) return null;
  if (device_id === null) return { app_id, token };
  return isText(device_id, MOST_CHARACTERS.device_id) ? { app_id, token, device_id } : null;
}

function isText(value: Json | undefined, most: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= most;
}
