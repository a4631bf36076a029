// The state of a subscription, and how long it has been so (SG-14). Of somebody whose state nothing ever changed it is not
// known since when it is so: nothing that asks for that holds of them.
import type { Profile } from '../profile/profile.js';
import type { SubscriptionState } from '../profile/subscriptionStates.js';
import type { FilterKind } from './filterKind.js';
import { describeRecency, passesRecency, RECENCY_OPERATORS, type Recency } from './recency.js';

/** The fields of a profile that hold it. */
interface SubscriptionFields {
  readonly state: 'emailSubscription' | 'pushSubscription';
  readonly since: 'emailSubscriptionSince' | 'pushSubscriptionSince';
}

export const EMAIL_SUBSCRIPTION: SubscriptionFields = { state: 'emailSubscription', since: 'emailSubscriptionSince' };
export const PUSH_SUBSCRIPTION: SubscriptionFields = { state: 'pushSubscription', since: 'pushSubscriptionSince' };

/** Whether anything is asked of the time. */
function asksSince(recency: Recency): boolean {
  return Object.entries(recency).some(([op, value]) => RECENCY_OPERATORS.includes(op) && value !== undefined);
}

interface SubscriptionKind<Tag extends string, F extends Recency> extends Pick<FilterKind<Tag, F>, 'tag' | 'schema'> {
  readonly fields: SubscriptionFields;
  wanted(filter: F): SubscriptionState;
  /** What is subscribed to: "e-mail". */
  readonly words: string;
}

/** A kind of filter over the state of one subscription. */
export function subscriptionKind<Tag extends string, F extends Recency>(
  kind: SubscriptionKind<Tag, F>,
): FilterKind<Tag, F> {
  const { tag, schema, fields, wanted, words } = kind;
  return {
    tag,
    schema,
    needs: () => [],
    evaluate: (filter, { profile }, askedAt) => {
      const { state, since } = subscriptionOf(profile, fields);
      const isSo = state === wanted(filter);
      if (!asksSince(filter)) return { pass: isSo, value: state };
      const pass = isSo && since !== null && passesRecency(filter, Date.parse(since), askedAt);
      return { pass, value: { state, since } };
    },
    describe: (filter) => {
      const is = `${words} ${wanted(filter).replace('_', ' ')}`;
      return asksSince(filter) ? `${is} since ${describeRecency(filter)}` : is;
    },
  };
}

function subscriptionOf(profile: Profile, fields: SubscriptionFields) {
  return { state: profile[fields.state], since: profile[fields.since] };
}
