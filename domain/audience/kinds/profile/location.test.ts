import { NO_FACTS } from '../../../facts/userFacts.js';
import type { Json, JsonObject } from '../../../json.js';
import { EMPTY_PROFILE } from '../../../profile/profile.js';
import { askedAt } from '../../examples.js';
import { describeFilter, evaluateFilter, filterSchema } from '../../filter.js';

const PARIS = { latitude: 48.8566, longitude: 2.3522 };
const LONDON = { latitude: 51.5074, longitude: -0.1278 };
const around = (radius: number) => ({ ...PARIS, radius });
const box = [
  { latitude: 48, longitude: 2 },
  { latitude: 48, longitude: 3 },
  { latitude: 49, longitude: 3 },
  { latitude: 49, longitude: 2 },
];

function ask(filter: object, current_location?: Json) {
  const parsed = filterSchema.parse(filter);
  const attributes: JsonObject = current_location === undefined ? {} : { current_location };
  const { pass, seen } = evaluateFilter(
    parsed,
    { userId: 1, ...NO_FACTS, profile: { ...EMPTY_PROFILE, attributes } },
    askedAt(0),
  );
  return { pass, value: seen[0]?.value, words: describeFilter(parsed) };
}

describe('SG-17: the last location', () => {
  it.each<[string, object, Json, boolean]>([
    ['in a circle', { within: around(1_000) }, PARIS, true],
    ['in a circle', { within: around(1_000) }, LONDON, false],
    ['344 km away', { within: around(343_000) }, LONDON, false],
    ['344 km away', { within: around(345_000) }, LONDON, true],
    ['outside of a circle', { outside: around(1_000) }, LONDON, true],
    ['outside of a circle', { outside: around(1_000) }, PARIS, false],
    ['in a polygon', { within: { polygon: box } }, PARIS, true],
    ['in a polygon', { within: { polygon: box } }, LONDON, false],
    ['outside of a polygon', { outside: { polygon: box } }, LONDON, true],
    ['outside of a polygon', { outside: { polygon: box } }, PARIS, false],
  ])('%s', (_, location, position, expected) => {
    expect(ask({ location }, position)).toMatchObject({ pass: expected, value: position });
  });

  it('is neither within nor outside where it is not known', () => {
    for (const position of [undefined, 'Paris', { latitude: 99, longitude: 2 }]) {
      expect(ask({ location: { within: around(1_000) } }, position)).toMatchObject({ pass: false, value: null });
      expect(ask({ location: { outside: around(1_000) } }, position).pass).toBe(false);
      expect(ask({ locationAvailable: true }, position)).toMatchObject({ pass: false, value: false });
      expect(ask({ locationAvailable: false }, position).pass).toBe(true);
    }
    expect(ask({ locationAvailable: true }, PARIS)).toEqual({ pass: true, value: true, words: 'location available' });
  });

  it('reads as a sentence', () => {
    expect(ask({ location: { within: around(1_000) } }).words).toBe('last location within 1000 m of 48.8566, 2.3522');
    expect(ask({ location: { outside: { polygon: box } } }).words).toBe('last location outside a polygon of 4 corners');
  });

  it.each<[string, object]>([
    ['no place', {}],
    ['two', { within: around(1_000), outside: around(1_000) }],
    ['a radius of nothing', { within: around(0) }],
    ['a place that is not on Earth', { within: { latitude: 91, longitude: 0, radius: 100 } }],
    ['two corners', { within: { polygon: box.slice(2) } }],
    ['101 corners', { within: { polygon: Array(101).fill(PARIS) } }],
    ['corners around the world', { within: { polygon: [...box, { latitude: 0, longitude: -179 }] } }],
  ])('is not asked with %s', (_, location) => {
    expect(filterSchema.safeParse({ location }).success).toBe(false);
  });
});
