import type { Json } from '../json.js';
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

describe('SG-14, ID-03: since when a subscription is so', () => {
  const [spring, summer] = ['2026-04-01T00:00:00.000Z', '2026-07-01T00:00:00.000Z'];

  test.each<[string, Partial<Profile>, Partial<Profile>, string | null]>([
    [
      'of the state that is kept',
      { emailSubscription: 'opted_in', emailSubscriptionSince: spring },
      { emailSubscriptionSince: summer },
      spring,
    ],
    [
      'of the state that is taken on',
      { emailSubscription: 'opted_in', emailSubscriptionSince: spring },
      { emailSubscription: 'unsubscribed', emailSubscriptionSince: summer },
      summer,
    ],
    [
      'not known of the state that is taken on',
      { emailSubscription: 'opted_in', emailSubscriptionSince: spring },
      { emailSubscription: 'unsubscribed' },
      null,
    ],
    [
      'the profile’s own where both are in one state',
      { emailSubscription: 'unsubscribed', emailSubscriptionSince: summer },
      { emailSubscription: 'unsubscribed', emailSubscriptionSince: spring },
      summer,
    ],
    [
      'filled where both are in one state',
      { emailSubscription: 'unsubscribed' },
      { emailSubscription: 'unsubscribed', emailSubscriptionSince: spring },
      spring,
    ],
    [
      'not that of another address',
      { email: 'a@x.example' },
      { email: 'b@x.example', emailSubscriptionSince: spring },
      null,
    ],
  ])('is %s', (_, kept, merged, since) => {
    expect(mergeProfiles(profile(kept), profile(merged)).profile.emailSubscriptionSince).toBe(since);
  });

  it('is of each channel by itself', () => {
    const kept = profile({ pushSubscription: 'unsubscribed', pushSubscriptionSince: spring });
    const merged = profile({ emailSubscription: 'opted_in', emailSubscriptionSince: summer });
    expect(mergeProfiles(kept, merged).profile).toMatchObject({
      emailSubscription: 'opted_in',
      emailSubscriptionSince: summer,
      pushSubscription: 'unsubscribed',
      pushSubscriptionSince: spring,
    });
  });
});

test.each([
  ['2026-01-02T00:00:00.000Z', '2025-12-31T00:00:00.000Z', '2025-12-31T00:00:00.000Z'],
  ['2025-12-31T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2025-12-31T00:00:00.000Z'],
  [null, '2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
])('SG-15, ID-03: created at %s and at %s is created at %s', (one, other, expected) => {
  expect(mergeProfiles(profile({ createdAt: one }), profile({ createdAt: other })).profile.createdAt).toBe(expected);
});

describe('SG-16, ID-03: devices and push tokens', () => {
  const together = (name: string, kept: Json, merged: Json) =>
    mergeProfiles(profile({ attributes: { [name]: kept } }), profile({ attributes: { [name]: merged } })).profile
      .attributes[name];
  const numbered = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ device_id: `${prefix}${n}` }));

  it('are those of both; the profile’s own stay the latest, and what they do not say is filled', () => {
    const own: Json = [{ device_id: 'd1', os: 'iOS' }, { device_id: 'd2' }];
    const others: Json = [{ device_id: 'd3' }, { device_id: 'd1', os: 'Android', app: 'shop' }, { device_id: 'd4' }];
    expect(together('devices', own, others)).toEqual([
      { device_id: 'd3' },
      { device_id: 'd4' },
      { device_id: 'd1', os: 'iOS', app: 'shop' },
      { device_id: 'd2' },
    ]);
    const token = (app_id: string, more = {}) => ({ app_id, token: 't', ...more });
    expect(together('push_tokens', [token('shop')], [token('shop', { device_id: 'd1' }), token('news')])).toEqual([
      token('news'),
      token('shop', { device_id: 'd1' }),
    ]);
  });

  it('are within their bounds: of the others’ the oldest go', () => {
    expect(together('devices', numbered('a', 18), numbered('b', 5))).toEqual([
      ...numbered('b', 5).slice(3),
      ...numbered('a', 18),
    ]);
    const token = (n: number) => ({ app_id: 'shop', token: `${n}`.padEnd(4_096, 'x') });
    const tokens = Array.from({ length: 15 }, (_, n) => token(n));
    expect(together('push_tokens', tokens, [token(15), { app_id: 'shop', token: 'small' }])).toEqual([
      { app_id: 'shop', token: 'small' },
      ...tokens,
    ]);
  });

  it('that cannot be read are not taken on, and stay as they were', () => {
    expect(together('devices', 'iPhone', numbered('b', 1))).toBe('iPhone');
    expect(together('devices', ['x', { device_id: 'd1' }], ['y', { os: 'iOS' }, { device_id: 'd2' }])).toEqual([
      { device_id: 'd2' },
      'x',
      { device_id: 'd1' },
    ]);
  });

  it('UT-12: for whom the person has no room are left out', () => {
    const large = 'x'.repeat(MAX_PERSON_BYTES - 100);
    const own = numbered('a', 1);
    const { profile: after, leftOut } = mergeProfiles(
      profile({ attributes: { large, devices: own } }),
      profile({ attributes: { devices: numbered('b', 10) } }),
    );
    expect(leftOut).toEqual(['devices']);
    expect(after.attributes).toEqual({ large, devices: own });
  });
});

test('attributes of any other name are the profile’s own', () => {
  const kept = profile({ attributes: { constructor: [1], list: [{ device_id: 'd1' }] } });
  const merged = profile({ attributes: { constructor: [2], list: [{ device_id: 'd2' }] } });
  expect(mergeProfiles(kept, merged)).toEqual({ profile: kept, leftOut: [] });
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
