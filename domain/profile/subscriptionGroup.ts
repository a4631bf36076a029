// A person's state in subscription groups. It lives among the attributes under a name that nobody can send, so that it is
// loaded, filtered and rebuilt like them.
import { groupField, readField } from '../event/fieldChange.js';
import type { Json, JsonObject } from '../json.js';
import { type AttributeChange, isJsonArray, isJsonObject } from './attributes/attributeChange.js';
import { GROUP_STATES, type GroupState, type UpdateSource } from './subscriptionStates.js';

/** SU-04. */
export const MAX_GROUPS = 100;
const GROUP_KEY = /^[a-z0-9][a-z0-9_-]{0,99}$/;

export function subscribeTo(group: string, state: GroupState, source: UpdateSource): AttributeChange {
  return { kind: 'set', name: groupField(group), value: state, source };
}

/** `subscription_groups: [{subscription_group_id, subscription_state}]`; null when it is anything else. */
export function readSubscriptionGroups(value: Json, source: UpdateSource): readonly AttributeChange[] | null {
  if (!isJsonArray(value)) return null;
  const changes: AttributeChange[] = [];
  for (const item of value) {
    if (!isJsonObject(item)) return null;
    const { subscription_group_id: group, subscription_state: wanted } = item;
    const state = GROUP_STATES.find((known) => known === wanted);
    if (typeof group !== 'string' || !GROUP_KEY.test(group) || state === undefined) return null;
    changes.push(subscribeTo(group, state, source));
  }
  return changes;
}

/** By group; the rest of the attributes is what people set. */
export function groupsOf(attributes: JsonObject): JsonObject {
  const groups: Record<string, Json> = {};
  for (const [name, state] of Object.entries(attributes)) {
    const field = readField(name);
    if (field.kind === 'group') groups[field.key] = state;
  }
  return groups;
}
