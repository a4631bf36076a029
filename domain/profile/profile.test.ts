import { EMPTY_PROFILE, type Profile, profileValue } from './profile.js';

describe('the value that a name stands for', () => {
  const ann: Profile = {
    externalId: 'ann',
    email: 'ann@example.com',
    phone: '+33 6 12 34 56 78',
    timeZone: 'Europe/Paris',
    emailSubscription: 'opted_in',
    pushSubscription: 'unsubscribed',
    randomBucket: 17,
    attributes: { city: 'Lyon', tier: null },
  };

  it.each([
    ['external_id', 'ann', undefined],
    ['email', 'ann@example.com', undefined],
    ['random_bucket', 17, undefined],
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
