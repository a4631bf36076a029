import { canonicalZone } from './canonicalZone.js';
import { RAILS_ZONES } from './railsZones.js';

describe('canonicalZone', () => {
  it.each([
    'Europe/Paris',
    'europe/paris',
    'America/Argentina/Buenos_Aires',
    'America/Port-au-Prince',
    'Etc/GMT+5',
    'UTC',
    'GMT',
    'GMT0',
    'GB-Eire',
    'EST',
    'MST',
    'HST',
    'CET',
    'EET',
    'WET',
    'MET',
    'EST5EDT',
    'CST6CDT',
    'PST8PDT',
    'W-SU',
  ])('B6: keeps %s, a name of the IANA database', (name) => {
    expect(canonicalZone(name)).toBe(name);
    expect(canonicalZone(name)).toBe(name);
  });

  it.each([
    'BST',
    'AST',
    'SST',
    'NST',
    'ACT',
    'ECT',
    'ART',
    'IST',
    'AET',
    'AGT',
    'BET',
    'CAT',
    'CNT',
    'CST',
    'CTT',
    'EAT',
    'IET',
    'JST',
    'MIT',
    'NET',
    'PLT',
    'PNT',
    'PRT',
    'PST',
    'VST',
    'bst',
    'CEST',
    'SystemV/AST4',
    'systemv/est5',
    'Etc/Unknown',
    'Europe/Pariss',
    'Factory',
    'Z',
    '',
    'constructor',
    `${'x'.repeat(40)}/${'y'.repeat(40)}`,
  ])('B6: refuses %s, which ICU may take and IANA does not define', (name) => {
    expect(canonicalZone(name)).toBeNull();
  });

  it.each(['+02:00', '-0500', '+02', 'UTC+2', 'GMT+2', '+00:00'])('B7: refuses the offset %s', (name) => {
    expect(canonicalZone(name)).toBeNull();
  });

  it.each([
    ['Eastern Time (US & Canada)', 'America/New_York'],
    ['Paris', 'Europe/Paris'],
    ["Nuku'alofa", 'Pacific/Tongatapu'],
    ['St. Petersburg', 'Europe/Moscow'],
    ['Singapore', 'Singapore'],
  ])('UT: reads %s as %s', (name, zone) => {
    expect(canonicalZone(name)).toBe(zone);
  });

  it('UT: knows the 151 names of Rails, each of a zone that this Node has', () => {
    expect(RAILS_ZONES.size).toBe(151);
    expect([...RAILS_ZONES.values()].filter((zone) => canonicalZone(zone) !== zone)).toEqual([]);
  });
});
