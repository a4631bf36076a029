// Filters at random over what profiles hold (SG-14 to SG-17).
import fc from 'fast-check';
import { APPS, GROUPS, SYSTEMS, VERSIONS } from './randomHeld.js';
import { compare, recency, type Written, withSome } from './randomOperators.js';
import type { Value } from './written.js';

const anApp = fc.constantFrom(...APPS, 'none');
const state = fc.constantFrom('opted_in', 'subscribed', 'unsubscribed');
const group = fc.constantFrom(...GROUPS, 'none');

/** `02-29` is left open: whether it asks for 1 March, as who was born on it does. */
export const dayOfYear = fc.constantFrom(
  ...['today', 'in 1 day', '1 day ago', 'in 7 days', '5 days ago', '6 days ago', '03-06', '03-01', '12-24'],
);

const version = fc.constantFrom(...VERSIONS);
const versions = { equals: version, atLeast: version, atMost: version, moreThan: version, lessThan: version };

const inside = (tag: string, written: fc.Arbitrary<Value>): Written => written.map((subject) => ({ [tag]: subject }));

export const profile: Written = fc.oneof(
  fc.record({ emailSubscription: state }),
  withSome({ emailSubscription: state }, recency),
  fc.record({ pushSubscription: state }),
  withSome({ pushSubscription: state }, recency),
  fc.record({ subscriptionGroup: group }),
  fc.record({ subscriptionGroup: group, is: fc.constantFrom('subscribed', 'unsubscribed') }),
  fc.record({ emailAvailable: fc.boolean() }),
  inside('age', withSome({}, compare(fc.constantFrom(0, 17, 18, 20, 21, 22, 34, 35)))),
  fc.record({ birthday: dayOfYear }),
  inside('createdAt', withSome({}, recency)),
  inside('deviceCount', withSome({}, compare(fc.integer({ min: 0, max: 3 })))),
  inside('appVersion', fc.oneof(withSome({}, versions), withSome({ app: anApp }, versions))),
  fc.record({ foregroundPush: fc.boolean(), app: anApp }, { requiredKeys: ['foregroundPush'] }),
  fc.record({ locationAvailable: fc.boolean() }),
);

const corner = (latitude: number, longitude: number) => ({ latitude, longitude });
const place: fc.Arbitrary<Value> = fc.constantFrom<Value>(
  { ...corner(48.86, 2.35), radius: 1_000 },
  { ...corner(48.86, 2.36), radius: 15_000 },
  // Over the 180th meridian, and about a pole.
  { ...corner(-17.5, 179.95), radius: 20_000 },
  { ...corner(89.9, 120), radius: 20_000 },
  { polygon: [corner(48.8, 2.3), corner(48.8, 2.4), corner(48.95, 2.4), corner(48.95, 2.3)] },
  // One that has a notch, in which 48.9, 2.35 is.
  { polygon: [corner(48.8, 2.3), corner(48.8, 2.4), corner(48.95, 2.4), corner(48.87, 2.35), corner(48.95, 2.3)] },
);

/** SQL bounds these. */
export const locations: Written = fc
  .oneof(fc.record({ within: place }), fc.record({ outside: place }))
  .map((location) => ({ location }));

/** Devices and tokens are asked by paths, too. */
export const devicePaths: Written = fc.oneof(
  fc.record({
    attribute: fc.constant('devices[]'),
    where: fc.tuple(
      fc.record({ field: fc.constant('os'), equals: fc.constantFrom(...SYSTEMS) }),
      fc.oneof(
        fc.record({ field: fc.constant('os_version'), isAnyOf: fc.constant(['18.1']) }),
        fc.record({ field: fc.constant('push_enabled'), equals: fc.boolean() }),
      ),
    ),
  }),
  fc.record({ attribute: fc.constant('push_tokens'), isEmpty: fc.boolean() }),
);
