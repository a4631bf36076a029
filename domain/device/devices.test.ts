import type { Json } from '../json.js';
import { applyAttributes } from '../profile/attributes/applyAttributes.js';
import { readAttributeChange } from '../profile/attributes/attributeChange.js';
import { EMPTY_PROFILE, type Profile } from '../profile/profile.js';
import { compareVersions, readVersion } from './appVersion.js';

/** The profile after each of these values of the attribute. */
function after(name: string, ...values: readonly Json[]) {
  let profile: Profile = EMPTY_PROFILE;
  const told: string[] = [];
  for (const value of values) {
    const change = readAttributeChange(name, value, false);
    if (change === null) throw new Error('malformed');
    const applied = applyAttributes(profile, [change]);
    profile = applied.profile;
    told.push(...applied.leftOut.map(({ message }) => message));
  }
  return { value: profile.attributes[name], told };
}

const phone = { device_id: 'd1', app: 'shop', os: 'iOS', os_version: '18.1', app_version: '2.9', push_enabled: true };
const tablet = { device_id: 'd2', model: 'Pixel Tablet', carrier: 'none', locale: 'fr_FR' };

describe('SG-16: devices', () => {
  it('are told as a list, or one by one: what is told again takes the place of what was', () => {
    expect(after('devices', [phone, tablet]).value).toEqual([phone, tablet]);
    expect(after('devices', [phone], [tablet]).value).toEqual([tablet]);
    const updated = { device_id: 'd1', app_version: '3.0' };
    expect(after('devices', [phone, tablet], { add: [updated] }).value).toEqual([
      tablet,
      { ...phone, app_version: '3.0' },
    ]);
    expect(after('devices', [phone, tablet], { remove: ['d1'] }).value).toEqual([tablet]);
    expect(after('devices', [phone], { remove: ['d1'] }).value).toBeUndefined();
    expect(after('devices', [phone], null).value).toBeUndefined();
  });

  it('are at most 20, of which the oldest go, and 32 KB', () => {
    const many = Array.from({ length: 21 }, (_, n) => ({ device_id: `d${n}` }));
    expect(after('devices', many).value).toEqual(many.slice(1));
    const large = Array.from({ length: 20 }, (_, n) => ({
      device_id: `d${n}`,
      model: 'é'.repeat(255),
      os: 'é'.repeat(255),
    }));
    expect(after('devices', large)).toMatchObject({ value: large });
    const larger = large.map((device) => ({ ...device, carrier: 'é'.repeat(255), locale: 'é'.repeat(255) }));
    expect(after('devices', [phone], larger)).toEqual({ value: [phone], told: [expect.stringContaining('32 KB')] });
  });

  it.each<[string, Json]>([
    ['a text', 'iPhone'],
    ['no id', [{ os: 'iOS' }]],
    ['a number for a text', [{ device_id: 'd1', os_version: 18 }]],
    ['a text that is too long', [{ device_id: 'd1', os: 'x'.repeat(256) }]],
    ['a field of another name', [{ device_id: 'd1', battery: 'low' }]],
    ['a flag that is none', [{ device_id: 'd1', push_enabled: 'yes' }]],
    ['something that is no device', [phone, 'd2']],
  ])('with %s stay as they were, and it is told', (_, value) => {
    const { value: kept, told } = after('devices', [tablet], value);
    expect(kept).toEqual([tablet]);
    expect(told).toEqual([expect.stringContaining('is not a list of devices')]);
  });
});

describe('SG-16: push tokens', () => {
  const one = { app_id: 'shop', token: 't1', device_id: 'd1' };
  const other = { app_id: 'shop', token: 't2' };

  it('are added to those that there are, each once, and removed by name or all', () => {
    expect(after('push_tokens', [one], [other]).value).toEqual([one, other]);
    expect(after('push_tokens', [one, other], [{ app_id: 'shop', token: 't1' }]).value).toEqual([other, one]);
    expect(after('push_tokens', [one, other], { remove: ['t1'] }).value).toEqual([other]);
    expect(after('push_tokens', [one], null).value).toBeUndefined();
  });

  it('are at most 20 and 64 KB', () => {
    const many = Array.from({ length: 25 }, (_, n) => ({ app_id: 'shop', token: `t${n}` }));
    expect(after('push_tokens', many).value).toEqual(many.slice(5));
    const large = Array.from({ length: 17 }, (_, n) => ({ app_id: 'shop', token: `${n}`.padEnd(4_096, 'x') }));
    expect(after('push_tokens', [one], large)).toEqual({ value: [one], told: [expect.stringContaining('64 KB')] });
  });

  it.each<[string, Json]>([
    ['no app', [{ token: 't1' }]],
    ['no token', [{ app_id: 'shop' }]],
    ['a token that is too long', [{ app_id: 'shop', token: 'x'.repeat(4_097) }]],
    ['a device that is no text', [{ app_id: 'shop', token: 't1', device_id: 1 }]],
    ['a text', 't1'],
  ])('with %s are not taken, and what is told does not say them', (_, value) => {
    const { value: kept, told } = after('push_tokens', [other], value);
    expect(kept).toEqual([other]);
    expect(told).toEqual([expect.stringContaining('is not a list of {app_id, token, device_id}')]);
  });
});

it.each<[string, string, number]>([
  ['2.9', '2.10', -1],
  ['2.0', '2', 0],
  ['2.0.0', '2.0.1', -1],
  ['3', '2.99.99', 1],
  ['2.1-beta', '2.1', 0],
  ['0.0', '0', 0],
])('SG-16: the version %s against %s', (a, b, expected) => {
  expect(Math.sign(compareVersions(readVersion(a) ?? [], readVersion(b) ?? []))).toBe(expected);
  expect(Math.sign(compareVersions(readVersion(b) ?? [], readVersion(a) ?? []))).toBe(expected === 0 ? 0 : -expected);
});

it.each(['', 'beta', 'v2', '.1'])('SG-16: %j begins with no version', (text) => {
  expect(readVersion(text)).toBeNull();
});
