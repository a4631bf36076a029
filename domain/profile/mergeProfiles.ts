/** ID-03: what one profile becomes when another is merged into it. What it has wins; what it lacks is filled. */
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
  const profile: Profile = {
    ...kept,
    email: kept.email ?? merged.email,
    phone: kept.phone ?? merged.phone,
    timeZone: kept.timeZone ?? merged.timeZone,
    emailSubscription: emailState(kept, merged),
    pushSubscription: saidState(kept.pushSubscription, merged.pushSubscription),
    attributes,
  };
  return { profile, leftOut };
}

/**
 * The state is one of the address (SU-07): where the profile has one of its own it keeps its state. Where it takes on the
 * other's, or neither has one, whoever said that they want nothing gets nothing.
 */
function emailState(kept: Profile, merged: Profile): SubscriptionState {
  const isOther = kept.email !== null && (merged.email === null || emailKey(kept.email) !== emailKey(merged.email));
  if (isOther) return kept.emailSubscription;
  return saidState(kept.emailSubscription, merged.emailSubscription);
}

/** `subscribed` is what nobody said anything about. */
function saidState(kept: SubscriptionState, merged: SubscriptionState): SubscriptionState {
  if (kept === 'unsubscribed' || merged === 'unsubscribed') return 'unsubscribed';
  return kept === 'subscribed' ? merged : kept;
}

function mergeAttributes(
  kept: JsonObject,
  merged: JsonObject,
): { readonly attributes: JsonObject; readonly leftOut: readonly string[] } {
  const attributes: Record<string, Json> = { ...kept };
  const leftOut: string[] = [];
  let count = Object.keys(kept).length;
  let bytes = jsonBytes(kept);
  for (const [name, value] of Object.entries(merged)) {
    if (Object.hasOwn(kept, name)) continue;
    // With the comma between them.
    const more = jsonBytes({ [name]: value });
    if (count + 1 > MAX_PERSON_ATTRIBUTES || bytes + more > MAX_PERSON_BYTES) {
      leftOut.push(name);
      continue;
    }
    attributes[name] = value;
    count += 1;
    bytes += more;
  }
  return { attributes, leftOut };
}
