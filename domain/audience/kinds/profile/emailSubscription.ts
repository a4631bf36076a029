// The state of a person's e-mail subscription, and since when it is so (SG-14).
import { z } from 'zod';
import { SUBSCRIPTION_STATES } from '../../../profile/subscriptionStates.js';
import { fields } from '../../../schema/fields.js';
import { recencyShape } from '../../recency.js';
import { EMAIL_SUBSCRIPTION, subscriptionKind } from '../../subscriptionState.js';

const schema = fields({ emailSubscription: z.enum(SUBSCRIPTION_STATES), ...recencyShape });

export type EmailSubscriptionFilter = z.infer<typeof schema>;

export const emailSubscriptionKind = subscriptionKind({
  tag: 'emailSubscription',
  schema,
  fields: EMAIL_SUBSCRIPTION,
  wanted: ({ emailSubscription }) => emailSubscription,
  words: 'e-mail',
});
