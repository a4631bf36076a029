import { storableProblems } from './storable.js';

const UNSTORABLE = 'holds a character that cannot be stored (U+0000 or half a surrogate pair)';
const BAD_NAME = {
  message: 'has a field whose name is not allowed',
  allowed: 'names without U+0000, and not __proto__',
};

function nested(levels: number): unknown {
  let value: unknown = 'leaf';
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}

describe('what cannot be stored', () => {
  it.each<[string, unknown]>([
    ['a whole surrogate pair', '😀'],
    ['numbers, booleans and null', [0, -1.5, true, null]],
    ['an object of texts', { a: { b: ['c'] } }],
    ['32 levels', nested(32)],
  ])('is not %s', (_what, value) => {
    expect(storableProblems(value)).toEqual([]);
  });

  it.each<[string, unknown, readonly PropertyKey[]]>([
    ['U+0000', { a: ['fine', 'b\u0000'] }, ['a', 1]],
    ['the first half of a surrogate pair', { a: '\ud83d' }, ['a']],
    ['its second half', { a: '\ude00!' }, ['a']],
  ])('is a text with %s', (_what, value, path) => {
    expect(storableProblems(value)).toEqual([{ path, message: UNSTORABLE }]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('is the number %d', (value) => {
    expect(storableProblems([value])).toEqual([{ path: [0], message: 'is not a finite number' }]);
  });

  it.each<[string, unknown]>([
    ['__proto__', JSON.parse('{"a": {"__proto__": {"b": "\\u0000"}}}')],
    ['a name with U+0000', { a: { 'b\u0000': 1 } }],
    ['a name with half a surrogate pair', { a: { '\ud83d': 1 } }],
  ])('is a field of the name %s, and what it holds is not looked at', (_what, value) => {
    expect(storableProblems(value)).toEqual([{ path: ['a'], ...BAD_NAME }]);
  });

  it('is a structure deeper than 32 levels', () => {
    expect(storableProblems(nested(33))).toEqual([
      { path: Array(32).fill('a'), message: 'is nested too deeply', allowed: 'at most 32 levels' },
    ]);
    expect(storableProblems(nested(10_000))).toHaveLength(1);
  });

  it('is a structure of 20,000 values', () => {
    const tooMany = { path: [], message: 'has too many values', allowed: 'at most 20000' };
    expect(storableProblems(Array(19_998).fill(0))).toEqual([]);
    expect(storableProblems(Array(19_999).fill(0))).toEqual([tooMany]);
    expect(storableProblems(Array(50_000).fill(0))).toEqual([tooMany]);
  });

  it('is told by its first 20 problems', () => {
    expect(storableProblems(Array(100).fill(Number.NaN))).toHaveLength(20);
  });
});
