import fc from 'fast-check';
import type { Json, JsonObject } from '../json.js';
import { formatPropertyPath, parsePropertyPath } from './propertyPath.js';
import type { PropertyTest } from './propertyTest.js';
import { passesPropertyTest } from './propertyTest.js';

function passes(
  path: string,
  op: PropertyTest['op'],
  value: Json,
  properties: JsonObject,
  trigger?: JsonObject,
): boolean {
  return passesPropertyTest({ path: parsePropertyPath(path) ?? [], op, value }, properties, trigger);
}

describe('a filter on an event’s properties', () => {
  it('SC-002-1: takes a cart between 100 and 200, and no other, no missing one and no text', () => {
    const isInRange = (properties: JsonObject) =>
      passes('cart_value', 'atLeast', 100, properties) && passes('cart_value', 'atMost', 200, properties);
    for (const value of [100, 150, 200]) expect(isInRange({ cart_value: value })).toBe(true);
    for (const value of [99.99, 200.01, '150', null, true, [150]]) expect(isInRange({ cart_value: value })).toBe(false);
    expect(isInRange({})).toBe(false);
  });

  it('AB-03: equality is strict about types', () => {
    expect(passes('n', 'equals', 150, { n: 150 })).toBe(true);
    expect(passes('n', 'equals', 150, { n: '150' })).toBe(false);
    expect(passes('n', 'equals', true, { n: 'true' })).toBe(false);
    expect(passes('n', 'isAnyOf', [1, '2'], { n: 2 })).toBe(false);
    expect(passes('n', 'isAnyOf', [1, '2'], { n: '2' })).toBe(true);
  });

  it('AB-03: more than and less than exclude their limit', () => {
    expect(passes('n', 'moreThan', 5, { n: 5 })).toBe(false);
    expect(passes('n', 'moreThan', 5, { n: 5.01 })).toBe(true);
    expect(passes('n', 'lessThan', 5, { n: 5 })).toBe(false);
    expect(passes('n', 'lessThan', 5, { n: 4.99 })).toBe(true);
  });

  it('AB-04: blank is absent; an empty text is not blank', () => {
    expect(passes('p', 'isBlank', true, {})).toBe(true);
    expect(passes('p', 'isBlank', true, { p: null })).toBe(true);
    expect(passes('p', 'isBlank', true, { p: '' })).toBe(false);
    expect(passes('p', 'isBlank', false, { p: '' })).toBe(true);
    expect(passes('p', 'isBlank', false, {})).toBe(false);
  });

  it('AB-05: follows nested paths, and any element of a list', () => {
    const properties = { a: { b: 1 }, 'a.b': 2, list: [{ k: 'x' }, { k: 'y' }, 3], grid: [[1], [2]] };
    expect(passes('a.b', 'equals', 1, properties)).toBe(true);
    expect(passes('"a.b"', 'equals', 2, properties)).toBe(true);
    expect(passes('list[].k', 'equals', 'y', properties)).toBe(true);
    expect(passes('list[].k', 'equals', 'z', properties)).toBe(false);
    expect(passes('grid[][]', 'equals', 2, properties)).toBe(true);
    expect(passes('list.k', 'equals', 'x', properties)).toBe(false);
    expect(passes('list.k', 'isBlank', true, properties)).toBe(true);
    expect(passes('a.b.c', 'isBlank', true, properties)).toBe(true);
  });

  it('AB-05: a negative operator wants no element at all', () => {
    const properties = { list: [{ k: 'x' }, { k: 'y' }] };
    expect(passes('list[].k', 'doesNotEqual', 'x', properties)).toBe(false);
    expect(passes('list[].k', 'doesNotEqual', 'z', properties)).toBe(true);
    expect(passes('list[].k', 'isNoneOf', ['z', 'y'], properties)).toBe(false);
    expect(passes('list[].k', 'doesNotContain', 'y', properties)).toBe(false);
    expect(passes('absent', 'doesNotEqual', 'x', properties)).toBe(true);
  });

  it('finds what every object inherits nowhere', () => {
    expect(passes('constructor', 'isBlank', true, {})).toBe(true);
    expect(passes('__proto__', 'isBlank', true, {})).toBe(true);
  });

  it('AB-06: regular expressions are partial and case-sensitive unless they say (?i)', () => {
    expect(passes('s', 'matchesRegex', 'gmail\\.com$', { s: 'ann@gmail.com' })).toBe(true);
    expect(passes('s', 'matchesRegex', 'GMAIL', { s: 'ann@gmail.com' })).toBe(false);
    expect(passes('s', 'matchesRegex', '(?i)GMAIL', { s: 'ann@gmail.com' })).toBe(true);
    expect(passes('s', 'matchesRegex', '1', { s: 1 })).toBe(false);
  });

  it('AB-06: a hostile expression takes linear time', () => {
    expect(passes('s', 'matchesRegex', '^(a+)+$', { s: `${'a'.repeat(10_000)}!` })).toBe(false);
  });

  it('compares dates as instants, and only dates', () => {
    expect(passes('d', 'before', '2026-01-01T00:00Z', { d: '2026-01-01T00:30+01:00' })).toBe(true);
    expect(passes('d', 'after', '2026-01-01T00:00Z', { d: '2026-01-01' })).toBe(false);
    expect(passes('d', 'after', '2025-12-31T23:59Z', { d: '2026-01-01' })).toBe(true);
    expect(passes('d', 'after', '2025-12-31T23:59Z', { d: 1_800_000_000_000 })).toBe(false);
    expect(passes('d', 'before', '2026-01-01T00:00Z', { d: '2025-02-30' })).toBe(false);
  });

  it('AB-39: an exception agrees with the trigger’s own value, and with nothing where there is none', () => {
    expect(passes('cart_id', 'equalsTrigger', 'cart_id', { cart_id: 'A' }, { cart_id: 'A' })).toBe(true);
    expect(passes('cart_id', 'equalsTrigger', 'cart_id', { cart_id: 'A' }, { cart_id: 'B' })).toBe(false);
    expect(passes('id', 'equalsTrigger', 'cart.id', { id: 7 }, { cart: { id: 7 } })).toBe(true);
    expect(passes('cart_id', 'equalsTrigger', 'cart_id', {}, {})).toBe(false);
    expect(passes('cart_id', 'equalsTrigger', 'cart_id', { cart_id: 'A' })).toBe(false);
  });
});

describe('each operator', () => {
  const LIST = ['apple', 7, 'pear'];

  it.each<[PropertyTest['op'], Json, Json, boolean]>([
    ['equals', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ['doesNotEqual', 1, 1, false],
    ['doesNotEqual', 1, '1', true],
    ['isAnyOf', [1, 2], 3, false],
    ['isAnyOf', 'abc', 'a', false],
    ['isNoneOf', [1, 2], 3, true],
    ['isNoneOf', [1, 2], 2, false],
    ['atLeast', 5, 5, true],
    ['atLeast', '5', 6, false],
    ['atLeast', 5, '6', false],
    ['atMost', 5, 5, true],
    ['atMost', 5, 5.01, false],
    ['contains', 'ppl', 'apple', true],
    ['contains', 'x', 'apple', false],
    ['contains', 'pea', LIST, true],
    ['contains', 'x', LIST, false],
    ['contains', '7', LIST, false],
    ['contains', 7, 'a7', false],
    ['contains', 'a', { a: 1 }, false],
    ['doesNotContain', 'ppl', 'apple', false],
    ['doesNotContain', 'x', 'apple', true],
    ['doesNotContain', 'pear', LIST, false],
    ['matchesRegex', '^a', 'apple', true],
    ['matchesRegex', '^p', 'apple', false],
    ['matchesRegex', 7, '7', false],
    ['before', '2026-01-01T00:00Z', '2026-01-01T00:00Z', false],
    ['before', '2026-01-01T00:00Z', '2025-12-31T23:59Z', true],
    ['before', '2026-01-01T00:00Z', '2026-01-01T00:01Z', false],
    ['before', 'soon', '2025-12-31', false],
    ['before', 1_800_000_000_000, '2025-12-31', false],
    ['after', '2026-01-01T00:00Z', '2026-01-01T00:00Z', false],
    ['after', '2026-01-01T00:00Z', '2026-01-01T00:01Z', true],
    ['after', '2026-01-01T00:00Z', '2025-12-31', false],
    ['after', '2026-01-01T00:00Z', 'later', false],
  ])('AB-03: %s %j, of %j: %s', (op, operand, value, expected) => {
    expect(passes('p', op, operand, { p: value })).toBe(expected);
  });

  it('AB-05: a positive operator is content with any element', () => {
    const properties = { n: [1, 50], d: ['2025-01-01', '2026-01-01'], s: ['x', 'ab'], l: [['ab'], ['c']] };
    expect(passes('n[]', 'equals', 50, properties)).toBe(true);
    expect(passes('n[]', 'isAnyOf', [50, 60], properties)).toBe(true);
    expect(passes('n[]', 'atLeast', 50, properties)).toBe(true);
    expect(passes('n[]', 'atMost', 1, properties)).toBe(true);
    expect(passes('n[]', 'moreThan', 49, properties)).toBe(true);
    expect(passes('n[]', 'lessThan', 2, properties)).toBe(true);
    expect(passes('s[]', 'contains', 'b', properties)).toBe(true);
    expect(passes('l[]', 'contains', 'b', properties)).toBe(true);
    expect(passes('s[]', 'matchesRegex', '^ab$', properties)).toBe(true);
    expect(passes('d[]', 'before', '2025-06-01T00:00Z', properties)).toBe(true);
    expect(passes('d[]', 'after', '2025-06-01T00:00Z', properties)).toBe(true);
  });

  it('AB-39: any value here that is any value there agrees; what is no path agrees with nothing', () => {
    const [here, there] = [
      { ids: [1, 2], '': 1 },
      { ids: [2, 3], '': 1 },
    ];
    expect(passes('ids[]', 'equalsTrigger', 'ids[]', here, there)).toBe(true);
    expect(passes('ids[]', 'equalsTrigger', 'ids[]', here, { ids: [4] })).toBe(false);
    expect(passes('ids[]', 'equalsTrigger', 'ids..x', here, there)).toBe(false);
    expect(passes('ids[]', 'equalsTrigger', 2, here, there)).toBe(false);
  });
});

describe('property paths', () => {
  const key = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '[]');
  const path = fc
    .tuple(key, fc.array(fc.oneof(key, fc.constant('[]')), { maxLength: 9 }))
    .map(([first, rest]) => [first, ...rest]);

  it('AB-05: every path is read back as it was written, whatever its keys hold', () => {
    fc.assert(
      fc.property(path, (steps) => {
        expect(parsePropertyPath(formatPropertyPath(steps))).toEqual(steps);
      }),
    );
  });

  it.each<[string, readonly string[]]>([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['list[].k', ['list', '[]', 'k']],
    ['grid[][]', ['grid', '[]', '[]']],
    ['"a.b".c', ['a.b', 'c']],
    ['"q\\"".x[]', ['q"', 'x', '[]']],
    [Array(10).fill('a').join('.'), Array(10).fill('a')],
  ])('AB-05: %s is read as %j', (text, steps) => {
    expect(parsePropertyPath(text)).toEqual(steps);
  });

  it.each<[readonly string[], string]>([
    [[' a'], '" a"'],
    [['a.b', 'c'], '"a.b".c'],
    [['a\\b'], '"a\\\\b"'],
    [['a', '[]', 'b'], 'a[].b'],
  ])('AB-05: %j is written %s', (steps, text) => {
    expect(formatPropertyPath(steps)).toBe(text);
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a b[',
    '[]',
    'a[0]',
    '"a',
    'a"b"',
    '"[]"',
    'a[]b',
    Array(11).fill('a').join('.'),
  ])('"%s" is not a path', (text) => {
    expect(parsePropertyPath(text)).toBeNull();
  });

  it.each(['a', 'a.b', 'list[].k', '"a.b".c', '"q\\"".x[]', 'été.à'])('"%s" is written as it was read', (text) => {
    expect(formatPropertyPath(parsePropertyPath(text) ?? [])).toBe(text);
  });
});
