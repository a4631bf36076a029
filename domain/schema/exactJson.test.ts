import fc from 'fast-check';
import { digitsOf, exactNumber, parseExactJson } from './exactJson.js';

describe('B3: digits are kept or refused, never changed', () => {
  test('two numbers that JavaScript takes for one are told apart by their digits', () => {
    const read = parseExactJson('{"a":1187654321098765312,"b":[1187654321098765313,-0.1e400]}');
    expect(read).toEqual({ a: expect.any(String), b: [expect.any(String), expect.any(String)] });
    const { a, b } = read as { a: unknown; b: unknown[] };
    expect([digitsOf(a), digitsOf(b[0]), digitsOf(b[1])]).toEqual([
      '1187654321098765312',
      '1187654321098765313',
      '-0.1e400',
    ]);
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['123456789012345680', 123456789012345680],
    ['1e21', 1e21],
    ['1E3', 1000],
    ['-0', -0],
    ['0.10000000000000001', 0.1],
    ['19.989999999999998', 19.99],
    ['100.0', 100],
    ['5e-324', 5e-324],
  ])('%s is kept', (text, number) => {
    expect(parseExactJson(`[${text}]`)).toEqual([number]);
    expect(exactNumber(text)).toBe(number);
  });

  test.each(['9007199254740993', '1187654321098765312', '1e400', '0.1234567890123456789', '12345678901234567.5'])(
    '%s is not',
    (text) => {
      expect(digitsOf((parseExactJson(`{"x":[${text}]}`) as { x: unknown[] }).x[0])).toBe(text);
      expect(digitsOf(exactNumber(text))).toBe(text);
    },
  );

  test('numbers in texts are left alone, whatever quotes and backslashes stand there', () => {
    for (const value of [
      '1187654321098765312',
      'a\\"1187654321098765312',
      '\\\\',
      '","x":1187654321098765312',
      '1e999',
    ])
      expect(parseExactJson(JSON.stringify({ [value]: [value, 1, value] }))).toEqual({ [value]: [value, 1, value] });
  });

  test('everything else is what JSON.parse makes of it', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(parseExactJson(text)).toEqual(JSON.parse(text))));
    for (const text of ['', '{', '"a', '"a\\', '[01]', '-', '1187654321098765312 x', '{"a":}'])
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
