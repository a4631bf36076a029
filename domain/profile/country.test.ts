import { countryCode } from './country.js';

describe('the country that callers mean', () => {
  it.each([
    ['FR', 'FR'],
    ['fr', 'FR'],
    [' F.R. ', 'FR'],
    ['FRA', 'FR'],
    ['ZWE', 'ZW'],
    ['abw', 'AW'],
    ['France', 'FR'],
    ['FRANCE', 'FR'],
    ['Réunion', 'RE'],
    ['Reunion', 'RE'],
    ['Trinidad & Tobago', 'TT'],
    ['Trinidad  and   Tobago', 'TT'],
    ['uk', 'GB'],
    ['Great Britain', 'GB'],
    ['England', 'GB'],
    ['Scotland', 'GB'],
    ['Wales', 'GB'],
    ['Northern Ireland', 'GB'],
    ['United States of America', 'US'],
    ['The Netherlands', 'NL'],
    ['Holland', 'NL'],
    ['South Korea', 'KR'],
    ['North Korea', 'KP'],
    ['Russian Federation', 'RU'],
    ['Czech Republic', 'CZ'],
    ['Turkey', 'TR'],
    ['Ivory Coast', 'CI'],
    ['Hong Kong', 'HK'],
    ['Macau', 'MO'],
    ['Burma', 'MM'],
    ['Viet Nam', 'VN'],
  ])('UT-09: %s is %s', (text, code) => {
    expect(countryCode(text)).toBe(code);
  });

  it.each(['', 'Atlantis', 'F', 'FRANCES', 'XX', '33'])('UT-09: %j is none', (text) => {
    expect(countryCode(text)).toBeNull();
  });
});
