// What a profile holds beside attributes of any name, at random, and filters over it.
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../domain/json.js';
import {
  GROUP_STATES,
  SUBSCRIPTION_STATES,
  type SubscriptionState,
} from '../../../domain/profile/subscriptionStates.js';
import { DAY_MS, NOW, recency, someOf } from './randomParts.js';

export interface PersonFields {
  readonly emailSubscription: SubscriptionState;
  readonly pushSubscription: SubscriptionState;
  readonly emailSubscriptionSince: string | null;
  readonly pushSubscriptionSince: string | null;
  readonly createdAt: string;
  /** Those whose names everybody shares. */
  readonly ownAttributes: JsonObject;
}

const ages = fc.constantFrom(0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1, 14 * DAY_MS, 30 * DAY_MS, 120 * DAY_MS);
const instants = ages.map((age) => new Date(NOW - age).toISOString());
const GROUPS = ['news', 'offers'];

/** Birthdays about the day of the test and 29 February, and what was stored before it was checked. */
const dob: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '1990-03-05',
      '1990-03-06',
      '2004-03-07',
      '2000-02-29',
      '2004-02-29',
      '2003-03-01',
      '2025-03-06',
      '2025-03-07',
      '1990-03-06T10:00:00Z',
    ),
  },
  fc.constantFrom<Json>('2025-02-30', '1990-13-01', '1990-1-1', 'x', '', 19_900_306, ['1990-03-06'], '0000-01-01'),
);

const APPS = ['shop', 'news'];
const VERSIONS = ['2', '2.0', '2.0.1', '2.9', '2.10', '2.10-beta', 'beta', '1.99999', '0.0', ''];
const IDS = ['d1', 'd2'];
const device = fc.record(
  {
    device_id: fc.constantFrom(...IDS),
    app: fc.constantFrom(...APPS),
    os: fc.constantFrom('iOS', 'Android'),
    app_version: fc.constantFrom<Json>(...VERSIONS, 3, null),
    push_enabled: fc.boolean(),
  },
  { requiredKeys: [] },
);
const token = fc.record(
  {
    app_id: fc.constantFrom(...APPS),
    token: fc.constantFrom<Json>('t1', 't2', 7),
    device_id: fc.constantFrom<Json>(...IDS, null),
  },
  { requiredKeys: [] },
);
/** And what was stored under their names before it was checked. */
const listOf = (item: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.array(item, { maxLength: 3 }) },
    fc.array(fc.oneof(item, fc.constantFrom<Json>('x', 1, null, [])), { maxLength: 3 }),
    fc.constantFrom<Json>('x', 2, { device_id: 'd1' }),
  );
const devices = listOf(device);
const tokens = listOf(token);

/** 0.009 degrees of latitude are 1,001 m. */
const latitude = fc.constantFrom(48.85, 48.859, 48.8589, 48.9, -48.85, 90);
const longitude = fc.constantFrom(2.35, 2.36, -2.35, 179.99, -180);
const positions: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ latitude, longitude }) },
  fc.constantFrom<Json>({ latitude: 91, longitude: 2.35 }, { latitude: '48.85', longitude: 2.35 }, 'Paris', {
    latitude: 48.85,
  }),
);

const ownAttributes: fc.Arbitrary<JsonObject> = fc.record(
  {
    '$group:news': fc.constantFrom(...GROUP_STATES),
    '$group:offers': fc.constantFrom(...GROUP_STATES),
    dob,
    devices,
    push_tokens: tokens,
    current_location: positions,
  },
  { requiredKeys: [] },
);

export const personFields: fc.Arbitrary<PersonFields> = fc.record({
  emailSubscription: fc.constantFrom(...SUBSCRIPTION_STATES),
  pushSubscription: fc.constantFrom(...SUBSCRIPTION_STATES),
  emailSubscriptionSince: fc.option(instants),
  pushSubscriptionSince: fc.option(instants),
  createdAt: instants,
  ownAttributes,
});

const state = fc.constantFrom(...SUBSCRIPTION_STATES);

const years = fc.constantFrom(0, 20, 21, 22, 34, 35);
const ageOperators = {
  equals: years,
  doesNotEqual: years,
  atLeast: years,
  atMost: years,
  moreThan: years,
  lessThan: years,
};
const few = fc.integer({ min: 0, max: 3 });
const counts = { equals: few, doesNotEqual: few, atLeast: few, atMost: few, moreThan: few, lessThan: few };
const version = fc.constantFrom('2', '2.0.1', '2.9', '2.10.0', '0', '1.99999');
const versions = { equals: version, atLeast: version, atMost: version, moreThan: version, lessThan: version };
const app = fc.constantFrom(...APPS, 'none');
const place = fc.oneof(
  fc.record({ latitude, longitude, radius: fc.constantFrom(10, 1_000, 1_002, 50_000) }),
  fc.constant({
    polygon: [
      { latitude: 48.8, longitude: 2.3 },
      { latitude: 48.8, longitude: 2.4 },
      { latitude: 48.87, longitude: 2.355 },
      { latitude: 48.95, longitude: 2.3 },
    ],
  }),
);
const days = fc.constantFrom('today', 'in 1 day', '1 day ago', '5 days ago', '02-29', '03-01', '03-06');

export const profileLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({ emailSubscription: state }),
  someOf({ emailSubscription: state }, recency),
  someOf({ pushSubscription: state }, recency),
  fc.record({ subscriptionGroup: fc.constantFrom(...GROUPS, 'none'), is: fc.constantFrom(...GROUP_STATES) }),
  fc.record({ emailAvailable: fc.boolean() }),
  someOf({}, ageOperators).map((age) => ({ age })),
  fc.record({ birthday: days }),
  someOf({}, recency).map((createdAt) => ({ createdAt })),
  someOf({}, counts).map((deviceCount) => ({ deviceCount })),
  fc.oneof(someOf({}, versions), someOf({ app }, versions)).map((appVersion) => ({ appVersion })),
  fc.record({ foregroundPush: fc.boolean(), app }, { requiredKeys: ['foregroundPush'] }),
  fc.record({
    attribute: fc.constant('devices[]'),
    where: fc.tuple(
      fc.record({ field: fc.constant('os'), equals: fc.constantFrom('iOS', 'Android') }),
      fc.record({ field: fc.constant('push_enabled'), equals: fc.boolean() }),
    ),
  }),
  fc.record({ locationAvailable: fc.boolean() }),
);

/** Only bounded by SQL. */
export const boundedProfileLeaf: fc.Arbitrary<unknown> = fc
  .oneof(fc.record({ within: place }), fc.record({ outside: place }))
  .map((location) => ({ location }));
