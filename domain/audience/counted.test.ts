import { factsOf, TEN } from '../decision/examples.js';
import { totalKey } from '../facts/counters.js';
import { startOfLastDays, utcDay } from '../facts/recentDays.js';
import type { UserFacts } from '../facts/userFacts.js';
import { lastDays } from './counted.js';
import { askedAt } from './examples.js';
import { evaluateFilter, type Filter, filterSchema, needsOf } from './filter.js';

/** Somebody who did "play" so often. */
function played(count: number): UserFacts {
  return { ...factsOf(), totals: new Map([[totalKey('custom', 'play'), { count, amount: 0, firstAt: 0, lastAt: 0 }]]) };
}

describe('a filter that counts', () => {
  it.each<[string, object, number, boolean]>([
    ['exactly', { equals: 3 }, 3, true],
    ['exactly', { equals: 3 }, 4, false],
    ['not', { doesNotEqual: 3 }, 3, false],
    ['not', { doesNotEqual: 3 }, 4, true],
    ['at least', { atLeast: 3 }, 2, false],
    ['at least', { atLeast: 3 }, 3, true],
    ['at most', { atMost: 3 }, 3, true],
    ['at most', { atMost: 3 }, 4, false],
    ['more than', { moreThan: 3 }, 3, false],
    ['more than', { moreThan: 3 }, 4, true],
    ['less than', { lessThan: 3 }, 2, true],
    ['less than', { lessThan: 3 }, 3, false],
    ['at least and at most', { atLeast: 2, atMost: 3 }, 4, false],
    ['at least and at most', { atLeast: 2, atMost: 3 }, 1, false],
  ])('SG-11, SG-20: %s, as %j: %i, %s', (_words, operators, count, passes) => {
    const filter = filterSchema.parse({ eventCount: 'play', ...operators });
    expect(evaluateFilter(filter, played(count), askedAt(TEN)).pass).toBe(passes);
  });

  it.each<[Filter, object]>([
    [
      { eventCount: 'play', equals: 1 },
      { kind: 'total', eventKind: 'custom', name: 'play' },
    ],
    [
      { purchaseCount: 'any', equals: 1 },
      { kind: 'total', eventKind: 'purchase', name: '' },
    ],
    [
      { purchaseCount: 'hat', equals: 1 },
      { kind: 'total', eventKind: 'purchase', name: 'hat' },
    ],
    [{ moneySpent: { equals: 1 } }, { kind: 'total', eventKind: 'purchase', name: '' }],
    [{ sessionCount: { equals: 1 } }, { kind: 'total', eventKind: 'session', name: '' }],
    [{ lastUsed: { moreThan: '1 day' } }, { kind: 'total', eventKind: 'session', name: '' }],
    [{ sessionCount: { equals: 1, inLast: '7 days' } }, { kind: 'recent', eventKind: 'session', name: '', days: 7 }],
  ])('%j asks for the one counter it reads', (filter, need) => {
    expect(needsOf(filter)).toEqual([need]);
  });

  it('SG-02: the last days begin at 00:00 UTC, so many days before today', () => {
    expect(new Date(startOfLastDays(3, Date.parse('2026-04-17T01:00Z'))).toISOString()).toBe(
      '2026-04-14T00:00:00.000Z',
    );
    expect(utcDay(startOfLastDays(1, TEN))).toBe(utcDay(TEN) - 1);
  });

  it('SG-02: days and instants that validation would have refused are told by their text', () => {
    expect(lastDays('7 days')).toBe(7);
    expect(() => lastDays('a while')).toThrow('Not a number of days: "a while".');
    const used = {
      ...factsOf(),
      totals: new Map([[totalKey('session', ''), { count: 1, amount: 0, firstAt: 0, lastAt: 0 }]]),
    };
    expect(() => evaluateFilter({ lastUsed: { before: 'soon' } }, used, askedAt(TEN))).toThrow(
      'Not an instant: "soon".',
    );
  });
});
