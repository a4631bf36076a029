// Since when the states of a person's subscriptions are what they are (SG-14): told with the change of a state, so that past
// profiles have it as it was.
import type { JsonObject } from '../json.js';
import type { Profile } from './profile.js';

export interface ChangedProfile {
  readonly profile: Profile;
  /** `{name: [from, to]}` for every field that changed. */
  readonly changed: JsonObject;
}

/** What changed, with the instant of each state among it. */
export function withStatesSince<C extends ChangedProfile>(update: C, now: number): C {
  const at = new Date(now).toISOString();
  let profile: Profile = update.profile;
  let changed: JsonObject = update.changed;
  if (Object.hasOwn(changed, 'email_subscribe')) {
    changed = { ...changed, email_subscription_since: [profile.emailSubscriptionSince, at] };
    profile = { ...profile, emailSubscriptionSince: at };
  }
  if (Object.hasOwn(changed, 'push_subscribe')) {
    changed = { ...changed, push_subscription_since: [profile.pushSubscriptionSince, at] };
    profile = { ...profile, pushSubscriptionSince: at };
  }
  return profile === update.profile ? update : { ...update, profile, changed };
}
