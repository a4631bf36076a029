import { EMPTY_PROFILE } from './profile.js';
import { withStatesSince } from './subscriptionSince.js';

const NOW = Date.parse('2026-11-02T10:00:00.250Z');
const AT = '2026-11-02T10:00:00.250Z';

test('SG-14: a change of a state is told with its instant, and the state of the other stays as old as it is', () => {
  const profile = { ...EMPTY_PROFILE, emailSubscriptionSince: '2026-01-01T00:00:00.000Z' };
  const changed = { email_subscribe: ['subscribed', 'opted_in'], tier: [null, 'gold'] };
  expect(withStatesSince({ profile, changed, userId: 1 }, NOW)).toEqual({
    userId: 1,
    profile: { ...profile, emailSubscriptionSince: AT },
    changed: { ...changed, email_subscription_since: ['2026-01-01T00:00:00.000Z', AT] },
  });
  const pushed = withStatesSince({ profile, changed: { push_subscribe: ['subscribed', 'unsubscribed'] } }, NOW);
  expect(pushed.profile).toEqual({ ...profile, pushSubscriptionSince: AT });
});

test('SG-14: what changes no state is as it was', () => {
  const update = { profile: EMPTY_PROFILE, changed: { tier: [null, 'gold'] } };
  expect(withStatesSince(update, NOW)).toBe(update);
});
