import type { Json, JsonObject } from '../../json.js';
import { cleanArray, cleanValue, isSameJson, mergeObjects } from './customValue.js';

describe('what a custom attribute may hold', () => {
  it.each<[string, Json, Json | undefined]>([
    ['a boolean', false, false],
    ['a number', -1.5, -1.5],
    ['no number that is not finite', Number.POSITIVE_INFINITY, undefined],
    ['a text of 255 characters', 'x'.repeat(255), 'x'.repeat(255)],
    ['the first 255 characters of a longer text', 'x'.repeat(256), 'x'.repeat(255)],
    ['whole characters only', `${'x'.repeat(254)}😀`, 'x'.repeat(254)],
    ['a pair that ends at the limit', `${'x'.repeat(253)}😀y`, `${'x'.repeat(253)}😀`],
    ['a pair further in', `😀${'x'.repeat(300)}`, `😀${'x'.repeat(253)}`],
    ['a list with each value once', ['a', 1, 'a', 1, '1'], ['a', 1, '1']],
    ['a list in which objects repeat', [{ a: 1 }, { a: 1 }, [2], [2]], [{ a: 1 }, { a: 1 }, [2], [2]]],
    ['no list with null', [1, null], undefined],
    ['an object, without the keys that are null', { a: 1, b: null, c: { d: null } }, { a: 1, c: {} }],
    ['a key of 255 characters', { ['k'.repeat(255)]: 1 }, { ['k'.repeat(255)]: 1 }],
    ['no key of 256 characters', { ['k'.repeat(256)]: 1 }, undefined],
    ['no empty key', { '': 1 }, undefined],
    ['no key that begins with $', { a: { $b: 1 } }, undefined],
    ['a key with $ inside', { a$: 1 }, { a$: 1 }],
    ['texts cut inside too', { a: ['x'.repeat(300)] }, { a: ['x'.repeat(255)] }],
    ['a date, as an instant', { $time: '2026-03-06T10:00+01:00' }, '2026-03-06T09:00:00.000Z'],
    ['a nested date, as an instant', [{ $time: '2026-03-06' }], ['2026-03-06T00:00:00.000Z']],
    ['the last date there is', { $time: '3000-12-31T23:59:59Z' }, '3000-12-31T23:59:59.000Z'],
    ['no date beyond it', { $time: '3001-01-01' }, undefined],
    ['no date that is none', { $time: 'soon' }, undefined],
    ['no date that is a number', { $time: 1_772_791_200 }, undefined],
  ])('UT-08, UT-09: %s', (_what, value, cleaned) => {
    expect(cleanValue(value)).toEqual(cleaned);
  });

  it('UT-08: a list keeps its latest 500 values', () => {
    const numbers = Array.from({ length: 501 }, (_, n) => n);
    expect(cleanArray(numbers)).toEqual(numbers.slice(1));
    expect(cleanArray(numbers.slice(1))).toEqual(numbers.slice(1));
  });

  it('UT-08: takes 100 KB as JSON, and no more', () => {
    const texts = Array.from({ length: 401 }, (_, n) => `${n}`.padStart(252, 'x'));
    const size = Buffer.byteLength(JSON.stringify([...texts, '']));
    const filled = [...texts, 'y'.repeat(102_400 - size)];
    expect(Buffer.byteLength(JSON.stringify(filled))).toBe(102_400);
    expect(cleanValue(filled)).toEqual(filled);
    expect(cleanValue([...filled.slice(0, -1), `${filled.at(-1)}y`])).toBeUndefined();
  });
});

describe('two values', () => {
  it.each<[Json, Json]>([
    [1, 1],
    [null, null],
    [
      [1, 'a', null],
      [1, 'a', null],
    ],
    [
      { a: 1, b: [{ c: 2 }] },
      { b: [{ c: 2 }], a: 1 },
    ],
    [{ a: null }, { a: null }],
  ])('%j and %j are the same', (one, other) => {
    expect(isSameJson(one, other)).toBe(true);
    expect(isSameJson(other, one)).toBe(true);
  });

  it.each<[Json, Json]>([
    [1, '1'],
    [0, false],
    [null, {}],
    [[], {}],
    [{ 0: 'a' }, ['a']],
    ['a', ['a']],
    [[1, 2], [1]],
    [
      [1, 2],
      [2, 1],
    ],
    [
      [1, 2],
      [1, 3],
    ],
    [{ a: 1 }, { a: 2 }],
    [
      { a: 1, b: 2 },
      { a: 1, b: 3 },
    ],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: null }, { b: null }],
  ])('%j and %j are not', (one, other) => {
    expect(isSameJson(one, other)).toBe(false);
    expect(isSameJson(other, one)).toBe(false);
  });
});

describe('merging objects', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['replaces and adds values', { a: 1, b: 2 }, { a: 3, c: 4 }, { a: 3, b: 2, c: 4 }],
    ['merges objects within', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['removes by null, within too', { a: { b: 1, c: 2 }, d: 1 }, { a: { c: null }, d: null }, { a: { b: 1 } }],
    ['removes nothing that is not there', { a: 1 }, { b: null }, { a: 1 }],
    ['puts an object where there was none', {}, { a: { b: 1, c: null } }, { a: { b: 1 } }],
    ['puts an object where there was a value', { a: 'text' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['puts an object where there was a list', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['replaces lists', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['replaces by a date', { a: { b: 1 } }, { a: { $time: '2026-03-06' } }, { a: { $time: '2026-03-06' } }],
  ])('UT-08: %s', (_what, target, patch, merged) => {
    const before = structuredClone(target);
    expect(mergeObjects(target, patch)).toEqual(merged);
    expect(target).toEqual(before);
  });
});
