// A person's state in a subscription group (SG-14). Whoever has none in it is neither subscribed nor unsubscribed.
import { z } from 'zod';
import { groupField } from '../../../event/fieldChange.js';
import { profileValue } from '../../../profile/profile.js';
import { GROUP_STATES } from '../../../profile/subscriptionStates.js';
import { fields } from '../../../schema/fields.js';
import { keyText } from '../../../schema/key.js';
import type { FilterKind } from '../../filterKind.js';

const schema = fields({ subscriptionGroup: keyText, is: z.enum(GROUP_STATES).default('subscribed') });

export type SubscriptionGroupFilter = z.infer<typeof schema>;

export const subscriptionGroupKind: FilterKind<'subscriptionGroup', SubscriptionGroupFilter> = {
  tag: 'subscriptionGroup',
  schema,
  needs: () => [],
  evaluate: ({ subscriptionGroup, is }, { profile }) => {
    const value = profileValue(profile, groupField(subscriptionGroup)) ?? null;
    return { pass: value === is, value };
  },
  describe: ({ subscriptionGroup, is }) => `${is} in the group ${subscriptionGroup}`,
};
