/** ID-03: what one profile becomes when another is merged into it. What it has wins; what it lacks is filled. */
import { DEVICES, mergeDevices } from '../device/devices.js';
import { mergePushTokens, PUSH_TOKENS } from '../device/pushTokens.js';
import { type Json, type JsonObject, jsonBytes } from '../json.js';
import { MAX_PERSON_ATTRIBUTES, MAX_PERSON_BYTES } from './attributes/profileSize.js';
import { emailKey } from './contact.js';
import type { Profile } from './profile.js';
import type { SubscriptionState } from './subscriptionStates.js';

export interface MergedProfile {
  readonly profile: Profile;
  /** UT-12: attributes that the profile had no room for. */
  readonly leftOut: readonly string[];
}

export function mergeProfiles(kept: Profile, merged: Profile): MergedProfile {
  const { attributes, leftOut } = mergeAttributes(kept.attributes, merged.attributes);
  const email = emailState(kept, merged);
  const push = saidState(pushOf(kept), pushOf(merged));
  const profile: Profile = {
    ...kept,
    email: kept.email ?? merged.email,
    phone: kept.phone ?? merged.phone,
    timeZone: kept.timeZone ?? merged.timeZone,
    emailSubscription: email.state,
    emailSubscriptionSince: email.since,
    pushSubscription: push.state,
    pushSubscriptionSince: push.since,
    createdAt: earlier(kept.createdAt, merged.createdAt),
    attributes,
  };
  return { profile, leftOut };
}

/** Of two instants in UTC. */
function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** The state of a subscription, and since when it is so (SG-14). */
interface Said {
  readonly state: SubscriptionState;
  readonly since: string | null;
}

const emailOf = (profile: Profile): Said => ({
  state: profile.emailSubscription,
  since: profile.emailSubscriptionSince,
});
const pushOf = (profile: Profile): Said => ({ state: profile.pushSubscription, since: profile.pushSubscriptionSince });

/**
 * The state is one of the address (SU-07): where the profile has one of its own it keeps its state. Where it takes on the
 * other's, or neither has one, whoever said that they want nothing gets nothing.
 */
function emailState(kept: Profile, merged: Profile): Said {
  const isOther = kept.email !== null && (merged.email === null || emailKey(kept.email) !== emailKey(merged.email));
  return isOther ? emailOf(kept) : saidState(emailOf(kept), emailOf(merged));
}

/** `subscribed` is what nobody said anything about. Where both are in one state, it is so since the profile says, if it does. */
function saidState(kept: Said, merged: Said): Said {
  if (kept.state === merged.state) return { state: kept.state, since: kept.since ?? merged.since };
  return kept.state === 'unsubscribed' || merged.state === 'subscribed' ? kept : merged;
}

/** Lists of things that each have a key are those of both; any other value is the profile's own. */
const TOGETHER: ReadonlyMap<string, (kept: Json, merged: Json) => Json> = new Map([
  [DEVICES, mergeDevices],
  [PUSH_TOKENS, mergePushTokens],
]);

function mergeAttributes(
  kept: JsonObject,
  merged: JsonObject,
): { readonly attributes: JsonObject; readonly leftOut: readonly string[] } {
  const attributes: Record<string, Json> = { ...kept };
  const leftOut: string[] = [];
  let count = Object.keys(kept).length;
  let bytes = jsonBytes(kept);
  for (const [name, value] of Object.entries(merged)) {
    const own = Object.hasOwn(kept, name) ? kept[name] : undefined;
    const next = own === undefined ? value : TOGETHER.get(name)?.(own, value);
    if (next === undefined || next === own) continue;
    // With the comma between them.
    const more = jsonBytes({ [name]: next }) - (own === undefined ? 0 : jsonBytes({ [name]: own }));
    const isNew = own === undefined ? 1 : 0;
    if (count + isNew > MAX_PERSON_ATTRIBUTES || bytes + more > MAX_PERSON_BYTES) {
      leftOut.push(name);
      continue;
    }
    attributes[name] = next;
    count += isNew;
    bytes += more;
  }
  return { attributes, leftOut };
}
