import { isCurrency } from './currency.js';

describe('B19: currencies are those of ISO 4217, whatever the Node', () => {
  test.each(['EUR', 'eur', 'VED', 'CLF', 'COU', 'UYI', 'MXV', 'XAU', 'USN', 'XCG', 'XXX', 'HRK'])('%s', (code) => {
    expect(isCurrency(code)).toBe(true);
  });

  test.each(['', 'EURO', 'EU', 'ABC', '€', 'E U', 'constructor'])('not %j', (code) => {
    expect(isCurrency(code)).toBe(false);
  });

  test('whatever this Node knows is among them: one that comes later is missing here', () => {
    expect(Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code))).toEqual([]);
  });
});
