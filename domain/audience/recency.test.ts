import { totalKey } from '../facts/counters.js';
import type { Total } from '../facts/totals.js';
import type { UserFacts } from '../facts/userFacts.js';
import { EMPTY_PROFILE } from '../profile/profile.js';
import { askedAt } from './examples.js';
import { describeFilter, evaluateFilter, type Filter, filterSchema, needsOf } from './filter.js';

const NOW = Date.parse('2025-03-06T16:45:00Z');
const DAY_MS = 86_400_000;

/** Whose first was 10 days ago and last 2 days ago. */
function did(key: string): UserFacts {
  const total: Total = { count: 2, amount: 0, firstAt: NOW - 10 * DAY_MS, lastAt: NOW - 2 * DAY_MS };
  return {
    userId: 1,
    profile: EMPTY_PROFILE,
    totals: new Map([[key, total]]),
    recent: new Map(),
    matching: new Map(),
    received: new Map(),
  };
}

const ask = (filter: unknown, facts: UserFacts) => {
  const parsed = filterSchema.parse(filter);
  const { pass, seen } = evaluateFilter(parsed, facts, askedAt(NOW));
  return { pass, value: seen[0]?.value };
};

const FIRST = new Date(NOW - 10 * DAY_MS).toISOString();
const LAST = new Date(NOW - 2 * DAY_MS).toISOString();

describe('SG-10, SG-11: the first and the last time', () => {
  it.each<[string, (recency: object) => unknown, string]>([
    ['session', (recency) => ({ firstUsed: recency }), FIRST],
    ['session', (recency) => ({ lastUsed: recency }), LAST],
    ['custom:play', (recency) => ({ firstDid: 'play', ...recency }), FIRST],
    ['custom:play', (recency) => ({ lastDid: 'play', ...recency }), LAST],
    ['purchase:sku', (recency) => ({ firstPurchased: 'sku', ...recency }), FIRST],
    ['purchase:sku', (recency) => ({ lastPurchased: 'sku', ...recency }), LAST],
    ['purchase', (recency) => ({ firstPurchased: 'any', ...recency }), FIRST],
    ['purchase', (recency) => ({ lastPurchased: 'any', ...recency }), LAST],
  ])('%s: the filter %p sees %s', (key, filter, at) => {
    const facts = did(key.includes(':') ? key : `${key}:`);
    const days = at === FIRST ? 10 : 2;
    expect(ask(filter({ moreThan: `${days} days` }), facts)).toEqual({ pass: true, value: at });
    expect(ask(filter({ lessThan: `${days} days` }), facts)).toEqual({ pass: false, value: at });
    expect(ask(filter({ moreThan: `${days + 1} days` }), facts).pass).toBe(false);
    expect(ask(filter({ lessThan: `${days + 1} days` }), facts).pass).toBe(true);
    expect(ask(filter({ before: '2025-03-06T16:45:00Z', after: '2025-02-01T00:00Z' }), facts).pass).toBe(true);
    const never = did(totalKey('custom', 'other'));
    expect(ask(filter({ moreThan: '1 day' }), never)).toEqual({ pass: false, value: null });
    expect(ask(filter({ lessThan: '1 day' }), never)).toEqual({ pass: false, value: null });
  });

  it('needs the counter of what it asks about, and says in words what', () => {
    const filters = [
      { firstUsed: { before: '2025-03-01T00:00Z' } },
      { firstDid: 'play', moreThan: '1 day' },
      { lastDid: 'play', lessThan: '1 day' },
      { firstPurchased: 'any', moreThan: '1 day' },
      { lastPurchased: 'sku', lessThan: '24 hours', after: '2025-03-01T00:00Z' },
    ].map((filter): Filter => filterSchema.parse(filter));
    expect(filters.map(describeFilter)).toEqual([
      'first used before 2025-03-01T00:00Z',
      'first did play more than 1 day ago',
      'last did play less than 1 day ago',
      'first purchased anything more than 1 day ago',
      'last purchased sku less than 1 day ago and after 2025-03-01T00:00Z',
    ]);
    expect(needsOf({ all: filters })).toEqual([
      { kind: 'total', eventKind: 'session', name: '' },
      { kind: 'total', eventKind: 'custom', name: 'play' },
      { kind: 'total', eventKind: 'purchase', name: '' },
      { kind: 'total', eventKind: 'purchase', name: 'sku' },
    ]);
  });

  it('must ask something', () => {
    const messages = filterSchema.safeParse({ lastDid: 'play' }).error?.issues.map(({ message }) => message);
    expect(JSON.stringify(messages)).toContain('needs an operator');
  });
});
