/**
 * A person's profile as of then, and its way back to now, by the stored *attributes changed* events: `{field: [from, to]}`.
 * What begins with `$` is not a field of the profile but what Rappel saw in the change.
 */

import { isStoredField } from '../domain/event/fieldChange.js';
import type { Json, JsonObject } from '../domain/json.js';
import { isJsonArray } from '../domain/profile/attributes/attributeChange.js';
import { type Profile, SUBSCRIPTION_STATES, type SubscriptionState } from '../domain/profile/profile.js';

export function undoChange(profile: Profile, changed: JsonObject): Profile {
  return withValues(profile, changed, 0);
}

export function redoChange(profile: Profile, changed: JsonObject): Profile {
  return withValues(profile, changed, 1);
}

function withValues(profile: Profile, changed: JsonObject, side: 0 | 1): Profile {
  const attributes: Record<string, Json> = { ...profile.attributes };
  const fields: { -readonly [Field in keyof Omit<Profile, 'attributes'>]?: Profile[Field] } = {};
  for (const [name, change] of Object.entries(changed)) {
    if (!isStoredField(name) || !isJsonArray(change)) continue;
    const value = change[side] ?? null;
    switch (name) {
      case 'external_id':
        fields.externalId = textOrNull(value);
        break;
      case 'email':
        fields.email = textOrNull(value);
        break;
      case 'phone':
        fields.phone = textOrNull(value);
        break;
      case 'time_zone':
        fields.timeZone = textOrNull(value);
        break;
      case 'email_subscribe':
        fields.emailSubscription = stateOf(value);
        break;
      case 'push_subscribe':
        fields.pushSubscription = stateOf(value);
        break;
      default:
        if (value === null) delete attributes[name];
        else attributes[name] = value;
    }
  }
  return { ...profile, ...fields, attributes };
}

function textOrNull(value: Json): string | null {
  return typeof value === 'string' ? value : null;
}

function stateOf(value: Json): SubscriptionState {
  return SUBSCRIPTION_STATES.find((known) => known === value) ?? 'subscribed';
}
