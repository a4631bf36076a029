import type { Json, JsonObject } from '../json.js';

export const SUBSCRIPTION_STATES = ['opted_in', 'subscribed', 'unsubscribed'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** SU-04: of one subscription group. Whoever has no state in it is in none. */
export const GROUP_STATES = ['subscribed', 'unsubscribed'] as const;
export type GroupState = (typeof GROUP_STATES)[number];

/** AB-09: what changed a subscription group. */
export const UPDATE_SOURCES = [
  'rest_api',
  'sdk',
  'preference_center',
  'list_unsubscribe',
  'csv',
  'canvas',
  'inbound_message',
] as const;
export type UpdateSource = (typeof UPDATE_SOURCES)[number];

/**
 * A person as audiences and templates see them. Standard fields that have their own column are named here;
 * every other attribute, standard (first_name, country, …) or custom, lives in `attributes` under its track name.
 */
export interface Profile {
  readonly externalId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** IANA zone, null when unknown: the workspace's zone then holds. */
  readonly timeZone: string | null;
  readonly emailSubscription: SubscriptionState;
  readonly pushSubscription: SubscriptionState;
  readonly attributes: JsonObject;
}

export const EMPTY_PROFILE: Profile = {
  externalId: null,
  email: null,
  phone: null,
  timeZone: null,
  emailSubscription: 'subscribed',
  pushSubscription: 'subscribed',
  attributes: {},
};

/** The value a filter or template means by an attribute's name; undefined when the person has none. */
export function profileValue(profile: Profile, name: string): Json | undefined {
  switch (name) {
    case 'external_id':
      return profile.externalId ?? undefined;
    case 'email':
      return profile.email ?? undefined;
    case 'phone':
      return profile.phone ?? undefined;
    case 'time_zone':
      return profile.timeZone ?? undefined;
    case 'email_subscribe':
      return profile.emailSubscription;
    case 'push_subscribe':
      return profile.pushSubscription;
    default:
      return Object.hasOwn(profile.attributes, name) ? (profile.attributes[name] ?? undefined) : undefined;
  }
}
