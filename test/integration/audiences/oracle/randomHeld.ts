// What people hold beside attributes of any name, as the API lets it in: groups, a day of birth, devices, tokens, a location.
import fc from 'fast-check';
import type { JsonObject } from '../../../../domain/json.js';

export type Held = JsonObject;

export const GROUPS = ['news', 'offers'];
export const APPS = ['shop', 'kiosk'];
export const SYSTEMS = ['iOS', 'Android'];
/** Left open: how a version is compared in which there is more than numbers. */
export const VERSIONS = ['2', '2.0', '2.0.1', '2.9', '2.10', '10', '1.99999'];
const DAYS_OF_BIRTH = [
  '1990-03-05',
  '1990-03-06',
  '1990-03-07',
  '2004-02-29',
  '2000-02-29',
  '2003-03-01',
  '2003-02-28',
  '2007-03-06',
  '2007-03-07',
  '1990-12-24',
  '2025-03-05',
];
const IDS = ['d1', 'd2', 'd3'];

const state = fc.constantFrom('subscribed', 'unsubscribed');
const devices = fc.uniqueArray(
  fc.record(
    {
      device_id: fc.constantFrom(...IDS),
      app: fc.constantFrom(...APPS),
      os: fc.constantFrom(...SYSTEMS),
      os_version: fc.constantFrom('18.1', '15'),
      app_version: fc.constantFrom(...VERSIONS),
      push_enabled: fc.boolean(),
    },
    { requiredKeys: ['device_id'] },
  ),
  { selector: ({ device_id }) => device_id, minLength: 1, maxLength: 3 },
);
const tokens = fc.uniqueArray(
  fc.record(
    {
      app_id: fc.constantFrom(...APPS),
      token: fc.constantFrom('t1', 't2'),
      device_id: fc.constantFrom(...IDS),
    },
    { requiredKeys: ['app_id', 'token'] },
  ),
  { selector: ({ app_id, token }) => `${app_id} ${token}`, minLength: 1, maxLength: 2 },
);
/** Well within or well outside of the places that filters ask about: at their rims two reckonings may differ. */
const location = fc.constantFrom(
  { latitude: 48.86, longitude: 2.35 },
  { latitude: 48.9, longitude: 2.35 },
  { latitude: 48.86, longitude: 2.6 },
  { latitude: -17.5, longitude: 179.99 },
  { latitude: -17.5, longitude: -179.99 },
  { latitude: 90, longitude: 0 },
);

export const held: fc.Arbitrary<Held> = fc.record(
  {
    '$group:news': state,
    '$group:offers': state,
    dob: fc.constantFrom(...DAYS_OF_BIRTH),
    devices,
    push_tokens: tokens,
    current_location: location,
  },
  { requiredKeys: [] },
);
