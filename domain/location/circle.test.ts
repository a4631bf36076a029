import fc from 'fast-check';
import type { Json } from '../json.js';
import { type Circle, distanceM, enteredCircles, isInside, type Position, readPosition } from './circle.js';

const PARIS = { latitude: 48.8566, longitude: 2.3522 };
const LONDON = { latitude: 51.5074, longitude: -0.1278 };
const shop: Circle = { key: 'shop-paris', ...PARIS, radiusM: 500 };
const position: fc.Arbitrary<Position> = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('great-circle distance', () => {
  it('knows how far London is from Paris, and a quarter of the globe', () => {
    expect(distanceM(PARIS, LONDON) / 1_000).toBeCloseTo(343.56, 1);
    expect(distanceM({ latitude: 0, longitude: 0 }, { latitude: 90, longitude: 77 }) / 1_000).toBeCloseTo(
      10_007.557,
      2,
    );
  });

  it('is short across the date line and at the poles', () => {
    expect(distanceM({ latitude: 0, longitude: 179.999 }, { latitude: 0, longitude: -179.999 })).toBeLessThan(223);
    expect(distanceM({ latitude: 90, longitude: 0 }, { latitude: 90, longitude: 120 })).toBeLessThan(0.001);
  });

  it('agrees with the chord between two points on the sphere', () => {
    const point = ({ latitude, longitude }: Position): readonly [number, number, number] => {
      const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
      return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
    };
    fc.assert(
      fc.property(position, position, (a, b) => {
        const [ax, ay, az] = point(a);
        const [bx, by, bz] = point(b);
        const angle = 2 * Math.asin(Math.min(1, Math.hypot(ax - bx, ay - by, az - bz) / 2));
        expect(Math.abs(distanceM(a, b) - 6_371_008.8 * angle)).toBeLessThan(1);
      }),
    );
  });
});

describe('circles', () => {
  it('the quick test by latitude never loses anybody who is inside', () => {
    fc.assert(
      fc.property(position, position, fc.integer({ min: 10, max: 100_000 }), (centre, there, radiusM) => {
        const near = { latitude: centre.latitude + there.latitude / 100, longitude: centre.longitude };
        const circle = { key: 'c', ...centre, radiusM };
        expect(isInside(circle, near)).toBe(distanceM(circle, near) <= radiusM);
      }),
    );
  });

  it('AB-01: are entered from outside or from nowhere known, not from within', () => {
    const near = { latitude: PARIS.latitude + 0.001, longitude: PARIS.longitude };
    expect(enteredCircles([shop], LONDON, PARIS)).toEqual(['shop-paris']);
    expect(enteredCircles([shop], null, near)).toEqual(['shop-paris']);
    expect(enteredCircles([shop], near, PARIS)).toEqual([]);
    expect(enteredCircles([shop], PARIS, LONDON)).toEqual([]);
    expect(enteredCircles([shop, { ...shop, key: 'city', radiusM: 10_000 }], LONDON, near)).toHaveLength(2);
  });

  it('AB-01: the rim belongs to the circle, and a step beyond it, north or east, does not', () => {
    const north = { ...PARIS, latitude: PARIS.latitude + 0.01 };
    const east = { ...PARIS, longitude: PARIS.longitude + 0.01 };
    for (const there of [north, east]) {
      const radiusM = distanceM(PARIS, there);
      expect(isInside({ ...shop, radiusM }, there)).toBe(true);
      expect(isInside({ ...shop, radiusM: radiusM - 0.01 }, there)).toBe(false);
    }
  });

  it.each([
    { latitude: 90, longitude: 180 },
    { latitude: -90, longitude: -180 },
    { latitude: 0, longitude: 0 },
  ])('%j is a position', (value) => {
    expect(readPosition(value)).toEqual(value);
    expect(readPosition({ ...value, accuracy: 5 })).toEqual(value);
  });

  it('nothing is no position', () => {
    expect(readPosition(undefined)).toBeNull();
  });

  it.each<Json>([
    null,
    7,
    'here',
    [],
    {},
    { latitude: 91, longitude: 0 },
    { latitude: 0, longitude: 181 },
    { latitude: -90.1, longitude: 0 },
    { latitude: 0, longitude: -180.1 },
    { latitude: '1', longitude: 1 },
    { latitude: 1, longitude: '1' },
    { latitude: 1 },
  ])('%j is no position', (value) => {
    expect(readPosition(value)).toBeNull();
  });
});
