// What a person may have said of being written to, globally and in one subscription group.

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
