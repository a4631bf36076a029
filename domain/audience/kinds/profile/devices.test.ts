import { NO_FACTS } from '../../../facts/userFacts.js';
import type { JsonObject } from '../../../json.js';
import { EMPTY_PROFILE, type Profile } from '../../../profile/profile.js';
import { askedAt } from '../../examples.js';
import { describeFilter, evaluateFilter, filterSchema } from '../../filter.js';

function ask(filter: object, attributes: JsonObject = {}, more: Partial<Profile> = {}) {
  const parsed = filterSchema.parse(filter);
  const person = { userId: 1, ...NO_FACTS, profile: { ...EMPTY_PROFILE, ...more, attributes } };
  const { pass, seen } = evaluateFilter(parsed, person, askedAt(0));
  return { pass, value: seen[0]?.value, words: describeFilter(parsed) };
}

const phone = { device_id: 'd1', app: 'shop', os: 'iOS', os_version: '18.1', model: 'iPhone 16', carrier: 'Orange' };
const tablet = { device_id: 'd2', app: 'shop', os: 'Android', locale: 'fr_FR', app_version: '2.10' };
const devices = [{ ...phone, app_version: '2.9' }, tablet];

describe('SG-16: the fields of a device are asked of one device together', () => {
  it.each<[object, boolean]>([
    [{ field: 'os', equals: 'iOS' }, true],
    [{ field: 'os_version', isAnyOf: ['18.0', '18.1'] }, true],
    [{ field: 'model', contains: 'iPhone' }, true],
    [{ field: 'carrier', equals: 'Orange' }, true],
    [{ field: 'locale', matchesRegex: '^fr' }, true],
    [{ field: 'os', equals: 'Windows' }, false],
  ])('%p', (asked, expected) => {
    expect(ask({ attribute: 'devices[]', where: [asked] }, { devices }).pass).toBe(expected);
    expect(ask({ attribute: 'devices[]', where: [asked] }).pass).toBe(false);
  });

  it('so that what two devices have each is not of one', () => {
    const both = {
      attribute: 'devices[]',
      where: [
        { field: 'os', equals: 'iOS' },
        { field: 'locale', equals: 'fr_FR' },
      ],
    };
    expect(ask(both, { devices }).pass).toBe(false);
  });
});

test('SG-16: how many devices there are; of nobody known, none', () => {
  expect(ask({ deviceCount: { equals: 2 } }, { devices })).toEqual({
    pass: true,
    value: 2,
    words: 'number of devices exactly 2',
  });
  expect(ask({ deviceCount: { lessThan: 1 } }).pass).toBe(true);
  expect(ask({ deviceCount: { atLeast: 1 } }, { devices: 'many' }).pass).toBe(false);
});

describe('SG-16: the latest version of an app', () => {
  it('is that of the device that was told of last, compared number by number', () => {
    expect(ask({ appVersion: { atLeast: '2.10' } }, { devices })).toEqual({
      pass: true,
      value: '2.10',
      words: 'latest version at least 2.10',
    });
    expect(ask({ appVersion: { moreThan: '2.9', lessThan: '3' } }, { devices }).pass).toBe(true);
    expect(ask({ appVersion: { equals: '2.10.0' } }, { devices }).pass).toBe(true);
    expect(ask({ appVersion: { lessThan: '2.10' } }, { devices }).pass).toBe(false);
    expect(ask({ appVersion: { atMost: '2.9' } }, { devices: devices.toReversed() }).pass).toBe(true);
  });

  it('is of the app that is named', () => {
    const news = { device_id: 'd3', app: 'news', app_version: '9' };
    expect(ask({ appVersion: { app: 'shop', equals: '2.10' } }, { devices: [...devices, news] })).toMatchObject({
      pass: true,
      words: 'latest version of shop exactly 2.10',
    });
  });

  it('is less than any where none is known, and nothing where it begins with no number', () => {
    expect(ask({ appVersion: { lessThan: '1' } })).toMatchObject({ pass: true, value: null });
    expect(ask({ appVersion: { app: 'news', atMost: '1' } }, { devices }).pass).toBe(true);
    expect(ask({ appVersion: { lessThan: '1', moreThan: '0' } }).pass).toBe(false);
    expect(ask({ appVersion: { atLeast: '0' } }).pass).toBe(false);
    const beta = [{ ...phone, app_version: 'beta' }];
    for (const op of ['lessThan', 'atMost', 'atLeast', 'equals'])
      expect(ask({ appVersion: { [op]: '1' } }, { devices: beta })).toMatchObject({ pass: false, value: 'beta' });
  });

  it.each(['', 'v2', '2.x', '2..1', '1.1.1.1.1.1.1.1.1.1.1'])('is not compared with %j', (lessThan) => {
    expect(filterSchema.safeParse({ appVersion: { lessThan } }).success).toBe(false);
  });
});

describe('SG-16, SG-14: foreground push', () => {
  const push_tokens = [{ app_id: 'shop', token: 'secret-token', device_id: 'd1' }];

  it('is enabled by a token, unless the person has unsubscribed; for one app by a token alone', () => {
    expect(ask({ foregroundPush: true }, { push_tokens })).toEqual({
      pass: true,
      value: 'enabled',
      words: 'foreground push enabled',
    });
    const left = { pushSubscription: 'unsubscribed' } as const;
    expect(ask({ foregroundPush: true }, { push_tokens }, left)).toMatchObject({ pass: false, value: 'unsubscribed' });
    expect(ask({ foregroundPush: true, app: 'shop' }, { push_tokens }, left).pass).toBe(true);
    expect(ask({ foregroundPush: true, app: 'news' }, { push_tokens })).toMatchObject({
      pass: false,
      value: 'no_token',
    });
    expect(ask({ foregroundPush: false })).toMatchObject({ pass: true, words: 'foreground push not enabled' });
  });

  it('is not where the device says that push is off', () => {
    const off = [{ device_id: 'd1', push_enabled: false }];
    expect(ask({ foregroundPush: true }, { push_tokens, devices: off })).toMatchObject({
      pass: false,
      value: 'no_token',
    });
    expect(ask({ foregroundPush: true }, { push_tokens, devices: [{ ...off[0], device_id: 'd2' }] }).pass).toBe(true);
  });
});
