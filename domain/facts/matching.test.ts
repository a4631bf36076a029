import type { CountedEvent } from './counters.js';
import { addToMatching, type Matched, type Matching, matchingKey } from './matching.js';

const DAY_MS = 86_400_000;
const AT = Date.parse('2025-03-06T16:45:00Z');
const DAY = Math.floor(AT / DAY_MS);

const OVER_100: Matched = {
  eventKind: 'custom',
  name: 'cart',
  where: [{ path: ['value'], op: 'moreThan', value: 100 }],
};
const ANY_RED: Matched = {
  eventKind: 'purchase',
  name: '',
  where: [{ path: ['color'], op: 'equals', value: 'red' }],
};

function nothing(...asked: readonly Matched[]): Matching {
  return new Map(asked.map((matched) => [matchingKey(matched), { ...matched, days: new Map(), isCut: false }]));
}

const cart = (value: number): CountedEvent => ({ kind: 'custom', name: 'cart', time: AT, properties: { value } });
const bought = (color: string): CountedEvent => ({
  kind: 'purchase',
  name: 'sku',
  time: AT,
  properties: { color, quantity: 3, price: 2 },
});

const days = (matching: Matching, of: Matched) => [...(matching.get(matchingKey(of))?.days ?? [])];

describe('SG-11: events of the last days whose properties pass', () => {
  it('are counted by day, purchases by quantity and under any product; others are not', () => {
    let matching = nothing(OVER_100, ANY_RED);
    for (const event of [cart(101), cart(100), cart(500), bought('red'), bought('blue')])
      matching = addToMatching(matching, event);
    expect(days(matching, OVER_100)).toEqual([[DAY, { count: 2, amount: 0 }]]);
    expect(days(matching, ANY_RED)).toEqual([[DAY, { count: 3, amount: 6 }]]);
  });

  it('are taken back, but not from a day that is not known', () => {
    const one = addToMatching(nothing(OVER_100), cart(200));
    expect(days(addToMatching(one, cart(300), -1), OVER_100)).toEqual([[DAY, { count: 0, amount: 0 }]]);
    const none = nothing(OVER_100);
    expect(addToMatching(none, cart(300), -1)).toBe(none);
  });

  it('leave the counters as they are where nothing counts them', () => {
    const matching = nothing(OVER_100);
    expect(addToMatching(matching, { ...cart(200), name: 'other' })).toBe(matching);
    expect(addToMatching(matching, { ...cart(200), kind: 'session', name: '' })).toBe(matching);
  });
});
