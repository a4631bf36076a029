import type { Position } from './circle.js';
import { boxAround, isInsidePolygon } from './polygon.js';

const at = (latitude: number, longitude: number): Position => ({ latitude, longitude });
const square = [at(0, 0), at(0, 10), at(10, 10), at(10, 0)];
/** The square without its north-east quarter. */
const bent = [at(0, 0), at(0, 10), at(5, 10), at(5, 5), at(10, 5), at(10, 0)];

it.each<[string, readonly Position[], Position, boolean]>([
  ['a square', square, at(5, 5), true],
  ['a square', square, at(-0.1, 5), false],
  ['a square', square, at(10.1, 5), false],
  ['a square', square, at(5, -0.1), false],
  ['a square', square, at(5, 10.1), false],
  ['a square the other way round', square.toReversed(), at(5, 5), true],
  ['one that is bent', bent, at(2, 8), true],
  ['one that is bent', bent, at(8, 2), true],
  ['one that is bent', bent, at(8, 8), false],
  ['south of the equator', [at(-30, -60), at(-30, -50), at(-20, -55)], at(-28, -55), true],
  ['south of the equator', [at(-30, -60), at(-30, -50), at(-20, -55)], at(-21, -58), false],
])('SG-17: within %s', (_, vertices, position, expected) => {
  expect(isInsidePolygon(vertices, position)).toBe(expected);
});

it('lies in its box', () => {
  expect(boxAround(bent)).toEqual({ south: 0, north: 10, west: 0, east: 10 });
});
