import { EMPTY_PROFILE, type Profile, profileValue } from './profile.js';

describe('the value that a name stands for', () => {
  const ann: Profile = {
    externalId: 'ann',
    email: 'ann@example.com',
    phone: '+33 6 12 34 56 78',
    timeZone: 'Europe/Paris',
    emailSubscription: 'opted_in',
    pushSubscription: 'unsubscribed',
    emailSubscriptionSince: '2026-11-01T10:00:00.000Z',
    pushSubscriptionSince: null,
    createdAt: '2026-10-01T10:00:00.000Z',
    randomBucket: 17,
    attributes: { city: 'Lyon', tier: null },
  };

  it.each([
    ['external_id', 'ann', undefined],
    ['email', 'ann@example.com', undefined],
    ['random_bucket', 17, undefined],
    ['email_subscription_since', '2026-11-01T10:00:00.000Z', undefined],
    ['push_subscription_since', undefined, undefined],
    ['profile_created_at', '2026-10-01T10:00:00.000Z', undefined],
    ['phone', '+33 6 12 34 56 78', undefined],
    ['time_zone', 'Europe/Paris', undefined],
    ['email_subscribe', 'opted_in', 'subscribed'],
    ['push_subscribe', 'unsubscribed', 'subscribed'],
    ['city', 'Lyon', undefined],
    ['tier', undefined, undefined],
    ['constructor', undefined, undefined],
  ])('SG-15: %s', (name, annHas, nobodyHas) => {
    expect(profileValue(ann, name)).toBe(annHas);
    expect(profileValue(EMPTY_PROFILE, name)).toBe(nobodyHas);
  });
});
