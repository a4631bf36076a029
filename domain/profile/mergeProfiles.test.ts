import { MAX_PERSON_ATTRIBUTES, MAX_PERSON_BYTES } from './attributes/profileSize.js';
import { mergeProfiles } from './mergeProfiles.js';
import { EMPTY_PROFILE, type Profile } from './profile.js';

const profile = (fields: Partial<Profile>): Profile => ({ ...EMPTY_PROFILE, ...fields });

test('ID-03: what the profile has wins, what it lacks is filled', () => {
  const kept = profile({ externalId: 'k', email: 'k@example.com', randomBucket: 7, attributes: { a: 1, n: 0 } });
  const merged = profile({
    externalId: 'm',
    email: 'm@example.com',
    phone: '+331',
    timeZone: 'Asia/Tokyo',
    randomBucket: 9,
    attributes: { a: 2, n: 5, b: [1], '$group:news': 'subscribed' },
  });
  expect(mergeProfiles(kept, merged)).toEqual({
    profile: {
      ...kept,
      phone: '+331',
      timeZone: 'Asia/Tokyo',
      attributes: { a: 1, n: 0, b: [1], '$group:news': 'subscribed' },
    },
    leftOut: [],
  });
});

test.each([
  // Of two addresses each has its own state; of one address, or none, nobody is written to who wants nothing.
  [{ email: 'a@x.example' }, { email: 'b@x.example', emailSubscription: 'unsubscribed' }, 'subscribed'],
  [{ email: 'a@x.example' }, { email: 'A@x.example', emailSubscription: 'unsubscribed' }, 'unsubscribed'],
  [{}, { email: 'b@x.example', emailSubscription: 'opted_in' }, 'opted_in'],
  [{ emailSubscription: 'unsubscribed' }, { email: 'b@x.example', emailSubscription: 'opted_in' }, 'unsubscribed'],
  [{ emailSubscription: 'opted_in' }, { email: 'b@x.example', emailSubscription: 'unsubscribed' }, 'unsubscribed'],
  [{ emailSubscription: 'opted_in' }, {}, 'opted_in'],
  [{ email: 'a@x.example', emailSubscription: 'opted_in' }, { emailSubscription: 'unsubscribed' }, 'opted_in'],
] as const)('SU-07, ID-03: %j with %j merged in is %s', (kept, merged, state) => {
  expect(mergeProfiles(profile(kept), profile(merged)).profile.emailSubscription).toBe(state);
});

test('UT-12: what there is no room for is left out', () => {
  const many = Object.fromEntries(Array.from({ length: MAX_PERSON_ATTRIBUTES - 1 }, (_, n) => [`a${n}`, n]));
  const full = mergeProfiles(profile({ attributes: many }), profile({ attributes: { x: 1, y: 2, a1: 3 } }));
  expect(full.leftOut).toEqual(['y']);
  expect(Object.keys(full.profile.attributes)).toHaveLength(MAX_PERSON_ATTRIBUTES);
  const large = 'x'.repeat(MAX_PERSON_BYTES - 100);
  const long = mergeProfiles(profile({ attributes: { large } }), profile({ attributes: { more: large, small: 1 } }));
  expect(long.leftOut).toEqual(['more']);
  expect(long.profile.attributes).toEqual({ large, small: 1 });
});
