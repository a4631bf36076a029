// The state of a person's push subscription, and since when it is so (SG-14).
import { z } from 'zod';
import { SUBSCRIPTION_STATES } from '../../../profile/subscriptionStates.js';
import { fields } from '../../../schema/fields.js';
import { recencyShape } from '../../recency.js';
import { PUSH_SUBSCRIPTION, subscriptionKind } from '../../subscriptionState.js';

const schema = fields({ pushSubscription: z.enum(SUBSCRIPTION_STATES), ...recencyShape });

export type PushSubscriptionFilter = z.infer<typeof schema>;

export const pushSubscriptionKind = subscriptionKind({
  tag: 'pushSubscription',
  schema,
  fields: PUSH_SUBSCRIPTION,
  wanted: ({ pushSubscription }) => pushSubscription,
  words: 'push',
});
