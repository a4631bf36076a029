import { type Tally, totalKey } from '../facts/counters.js';
import type { RecentDays } from '../facts/recentDays.js';
import { utcDay } from '../facts/recentDays.js';
import type { Total } from '../facts/totals.js';
import type { UserFacts } from '../facts/userFacts.js';
import type { JsonObject } from '../json.js';
import { EMPTY_PROFILE } from '../profile/profile.js';
import { askedAt } from './examples.js';
import { describeFilter, evaluateFilter, type Filter, filterSchema, needsOf } from './filter.js';

const NOW = Date.parse('2025-03-06T16:45:00Z');
const DAY_MS = 86_400_000;

function person(attributes: JsonObject, totals: Readonly<Record<string, Partial<Total>>> = {}): UserFacts {
  const full = Object.entries(totals).map(([key, total]): [string, Total] => [
    key,
    { count: 1, firstAt: NOW, lastAt: NOW, amount: 0, ...total },
  ]);
  const profile = { ...EMPTY_PROFILE, email: 'Ann@Gmail.com', attributes };
  return { userId: 1, profile, totals: new Map(full), recent: new Map(), matching: new Map(), received: new Map() };
}

/** Somebody who did that at these instants. */
function recently(key: string, tallies: readonly (readonly [at: string, tally: Tally])[]): UserFacts {
  const days = new Map(tallies.map(([at, tally]) => [utcDay(Date.parse(at)), tally]));
  const recent: RecentDays = new Map([[key, days]]);
  return { ...person({}), recent };
}

const ONCE: Tally = { count: 1, amount: 0 };

function passes(filter: Filter, facts: UserFacts): boolean {
  return evaluateFilter(filterSchema.parse(filter), facts, askedAt(NOW)).pass;
}

describe('an audience', () => {
  it.each<[string, Filter, JsonObject, boolean]>([
    ['SG-21: equals is case-sensitive', { attribute: 'a', equals: 'FR' }, { a: 'fr' }, false],
    ['SG-21: does not equal ignores case', { attribute: 'a', doesNotEqual: 'FR' }, { a: 'fr' }, false],
    ['SG-21: does not equal takes blanks', { attribute: 'a', doesNotEqual: 'FR' }, {}, true],
    ['SG-20: types are strict', { attribute: 'a', equals: 1 }, { a: '1' }, false],
    ['SG-20: exactly 0 includes blanks', { attribute: 'a', equals: 0 }, {}, true],
    ['SG-20: exactly 0 excludes texts', { attribute: 'a', equals: 0 }, { a: '' }, false],
    ['SG-20: does not equal 0 is its complement', { attribute: 'a', doesNotEqual: 0 }, {}, false],
    ['SG-20: less than includes blanks', { attribute: 'a', lessThan: 5 }, {}, true],
    ['SG-20: at least excludes blanks', { attribute: 'a', atLeast: 0 }, {}, false],
    ['SG-20: less than excludes texts', { attribute: 'a', lessThan: 5 }, { a: '3' }, false],
    ['SG-20: true or not set takes blanks', { attribute: 'a', equals: true, orBlank: true }, {}, true],
    ['SG-20: true or not set refuses false', { attribute: 'a', equals: true, orBlank: true }, { a: false }, false],
    ['SG-20: null is blank', { attribute: 'a', isBlank: true }, { a: null }, true],
    ['SG-20: an empty text is not blank', { attribute: 'a', isBlank: true }, { a: '' }, false],
    ['several operators are ANDed', { attribute: 'a', atLeast: 1, lessThan: 3 }, { a: 3 }, false],
    ['SG-21: any of', { attribute: 'a', isAnyOf: ['x', 2] }, { a: 2 }, true],
    ['SG-21: none of takes blanks', { attribute: 'a', isNoneOf: ['x'] }, {}, true],
    ['SG-21: contains any of', { attribute: 'a', contains: ['zz', 'b'] }, { a: 'abc' }, true],
    ['SG-21: contains is case-sensitive', { attribute: 'a', contains: 'B' }, { a: 'abc' }, false],
    ['SG-21: regular expressions ignore case', { attribute: 'email', matchesRegex: 'gmail\\.com$' }, {}, true],
    ['SG-21: does not match leaves out blanks', { attribute: 'a', doesNotMatchRegex: 'x' }, {}, false],
    ['SG-21: does not match', { attribute: 'a', doesNotMatchRegex: 'x' }, { a: 'y' }, true],
    ['SG-22: includes any of', { attribute: 'a', includesAnyOf: ['x', 1] }, { a: [1, 'z'] }, true],
    ['SG-22: includes none of takes blanks', { attribute: 'a', includesNoneOf: ['x'] }, {}, true],
    ['SG-22: includes all of', { attribute: 'a', includesAllOf: ['x', 'y'] }, { a: ['y', 'q', 'x'] }, true],
    ['SG-22: does not include all of', { attribute: 'a', doesNotIncludeAllOf: ['x', 'y'] }, { a: ['x'] }, true],
    ['SG-22: values contain', { attribute: 'a', contains: 'oo' }, { a: ['foo', 1] }, true],
    ['SG-22: a list matches by any value', { attribute: 'a', matchesRegex: '^F' }, { a: ['bar', 'foo'] }, true],
    ['SG-22: an empty list is empty', { attribute: 'a', isEmpty: true }, { a: [] }, true],
    ['SG-22: a list with a value is not', { attribute: 'a', isEmpty: false }, { a: [1] }, true],
    ['SG-22: before', { attribute: 'a', before: '2025-01-01T00:00Z' }, { a: '2024-12-31' }, true],
    ['SG-22: before is exclusive', { attribute: 'a', before: '2025-01-01T00:00Z' }, { a: '2025-01-01' }, false],
    ['SG-22: after, and not a number', { attribute: 'a', after: '2025-01-01T00:00Z' }, { a: 1_800_000_000 }, false],
    [
      'SG-01: more than 1 day ago at the boundary',
      { attribute: 'a', moreThanAgo: '1 day' },
      { a: '2025-03-05T16:45Z' },
      true,
    ],
    [
      'SG-01: less than 1 day ago at the boundary',
      { attribute: 'a', lessThanAgo: '1 day' },
      { a: '2025-03-05T16:45Z' },
      false,
    ],
    ['SG-01: less than ago is not ahead', { attribute: 'a', lessThanAgo: '1 day' }, { a: '2025-03-06T17:00Z' }, false],
    ['SG-22: less than 1 day ahead', { attribute: 'a', lessThanFromNow: '1 day' }, { a: '2025-03-06T17:00Z' }, true],
    ['SG-22: more than 1 day ahead', { attribute: 'a', moreThanFromNow: '1 day' }, { a: '2025-03-06T17:00Z' }, false],
    ['finds nothing that every object inherits', { attribute: 'constructor', isBlank: true }, {}, true],
  ])('%s', (_rule, filter, attributes, expected) => {
    expect(passes(filter, person(attributes))).toBe(expected);
    expect(passes({ not: filter }, person(attributes))).toBe(!expected);
  });

  it('SG-11, SG-20: counts events; "exactly 0" and "less than" include those who never did', () => {
    const twice = person({}, { [totalKey('custom', 'play')]: { count: 2 } });
    expect(passes({ eventCount: 'play', equals: 2 }, twice)).toBe(true);
    expect(passes({ eventCount: 'play', moreThan: 2 }, twice)).toBe(false);
    expect(passes({ eventCount: 'other', equals: 0 }, twice)).toBe(true);
    expect(passes({ eventCount: 'other', lessThan: 1 }, twice)).toBe(true);
    expect(passes({ eventCount: 'other', atLeast: 1 }, twice)).toBe(false);
  });

  it('SG-11: counts purchases, of one product or any', () => {
    const buyer = person({}, { [totalKey('purchase', '')]: { count: 5 }, [totalKey('purchase', 'hat')]: { count: 1 } });
    expect(passes({ purchaseCount: 'any', equals: 5 }, buyer)).toBe(true);
    expect(passes({ purchaseCount: 'hat', equals: 1 }, buyer)).toBe(true);
    expect(passes({ purchaseCount: 'shoe', equals: 0 }, buyer)).toBe(true);
  });

  it('SC-002-15: "session count = 0" is somebody never seen', () => {
    expect(passes({ sessionCount: { equals: 0 } }, person({}))).toBe(true);
    expect(passes({ sessionCount: { equals: 0 } }, person({}, { [totalKey('session', '')]: { count: 1 } }))).toBe(
      false,
    );
  });

  it('SG-04: "more than 2 weeks" and "less than 2 weeks" are complements, and nobody without a session is in either', () => {
    const seen = (age: number) => person({}, { [totalKey('session', '')]: { lastAt: NOW - age } });
    const more: Filter = { lastUsed: { moreThan: '2 weeks' } };
    const less: Filter = { lastUsed: { lessThan: '2 weeks' } };
    expect([passes(more, seen(14 * DAY_MS)), passes(less, seen(14 * DAY_MS))]).toEqual([true, false]);
    expect([passes(more, seen(14 * DAY_MS - 1)), passes(less, seen(14 * DAY_MS - 1))]).toEqual([false, true]);
    expect([passes(more, person({})), passes(less, person({}))]).toEqual([false, false]);
  });

  it.each<[string, string, boolean]>([
    ['SC-000-1: 16 days is between 2 and 3 weeks', '2025-02-18T11:00:00Z', true],
    ['SC-000-2: 13 d 23 h 45 is not', '2025-02-20T17:00:00Z', false],
    ['SC-000-3: 24 days is not', '2025-02-10T10:00:00Z', false],
  ])('%s', (_scenario, lastAt, expected) => {
    const facts = person({}, { [totalKey('session', '')]: { lastAt: Date.parse(lastAt) } });
    expect(passes({ lastUsed: { moreThan: '2 weeks', lessThan: '3 weeks' } }, facts)).toBe(expected);
  });

  it.each([
    ['3 days', '2026-04-14T00:00:00Z', '2026-04-17T01:00:00Z', true],
    ['3 days', '2026-04-13T23:59:59.999Z', '2026-04-17T01:00:00Z', false],
    ['1 day', '2026-04-16T00:00:00Z', '2026-04-17T23:59:59.999Z', true],
    ['1 day', '2026-04-16T00:00:00Z', '2026-04-17T00:00:00Z', true],
    ['1 day', '2026-04-16T23:59:59.999Z', '2026-04-18T00:00:00Z', false],
    ['30 days', '2026-03-18T00:00:00Z', '2026-04-17T12:00:00Z', true],
    ['30 days', '2026-03-17T23:59:59.999Z', '2026-04-17T12:00:00Z', false],
  ])('SG-02: the last %s are whole UTC days, today being day 0: %s seen at %s: %s', (inLast, at, now, counts) => {
    const filter = filterSchema.parse({ eventCount: 'play', atLeast: 1, inLast });
    const facts = recently(totalKey('custom', 'play'), [[at, ONCE]]);
    expect(evaluateFilter(filter, facts, askedAt(Date.parse(now))).pass).toBe(counts);
  });

  it('SG-02: sums what the days hold, of events, purchases, sessions and money', () => {
    const now = new Date(NOW).toISOString();
    const buyer = recently(totalKey('purchase', ''), [
      ['2025-03-01T10:00:00Z', { count: 2, amount: 0.1 }],
      [now, { count: 1, amount: 0.2 }],
      ['2025-02-26T23:59:00Z', { count: 9, amount: 99 }],
    ]);
    expect(passes({ moneySpent: { equals: 0.3, inLast: '7 days' } }, buyer)).toBe(true);
    expect(passes({ purchaseCount: 'any', equals: 3, inLast: '7 days' }, buyer)).toBe(true);
    expect(passes({ purchaseCount: 'any', equals: 12, inLast: '8 days' }, buyer)).toBe(true);
    expect(passes({ purchaseCount: 'hat', equals: 0, inLast: '7 days' }, buyer)).toBe(true);
    const visitor = recently(totalKey('session', ''), [[now, { count: 3, amount: 0 }]]);
    expect(passes({ sessionCount: { lessThan: 3, inLast: '7 days' } }, visitor)).toBe(false);
    expect(passes({ sessionCount: { lessThan: 3 } }, visitor)).toBe(true);
  });

  it('SG-11: sums money ever, comparing it as money', () => {
    const buyer = person({}, { [totalKey('purchase', '')]: { count: 2, amount: 0.1 + 0.2 } });
    expect(passes({ moneySpent: { equals: 0.3 } }, buyer)).toBe(true);
    expect(passes({ moneySpent: { moreThan: 0.3 } }, buyer)).toBe(false);
    expect(passes({ moneySpent: { lessThan: 0.01 } }, person({}))).toBe(true);
  });

  it.each(['0 days', '31 days', '12 hours', '1.5 days', 'a while', ''])(
    'SG-02: refuses the last “%s”: 1 to 30 whole days',
    (inLast) => {
      const { error } = filterSchema.safeParse({ moneySpent: { moreThan: 10, inLast } });
      expect(JSON.stringify(error?.issues)).toContain('is not a number of days');
      expect(JSON.stringify(error?.issues)).toContain('1 to 30 whole days');
    },
  );

  it('SG-05: refuses a group of nothing', () => {
    expect(filterSchema.safeParse({ all: [] }).success).toBe(false);
    expect(filterSchema.safeParse({ any: [] }).success).toBe(false);
  });

  it('says days as days, and needs an operator beside them', () => {
    expect(filterSchema.parse({ eventCount: 'play', atLeast: 1, inLast: '1 week' })).toHaveProperty('inLast', '7 days');
    expect(filterSchema.safeParse({ sessionCount: { inLast: '7 days' } }).success).toBe(false);
  });

  it.each<[Filter, string]>([
    [{ moneySpent: { moreThan: 10, inLast: '7 days' } }, 'money spent in the last 7 days more than 10'],
    [{ moneySpent: { atLeast: 5, lessThan: 9.5 } }, 'money spent at least 5 and less than 9.5'],
    [{ eventCount: 'play', atLeast: 2, inLast: '1 day' }, 'number of play in the last 1 day at least 2'],
    [{ purchaseCount: 'any', equals: 0, inLast: '30 days' }, 'number of purchases in the last 30 days exactly 0'],
    [{ purchaseCount: 'hat', atMost: 1 }, 'number of purchases of hat at most 1'],
    [{ sessionCount: { doesNotEqual: 3, inLast: '7 days' } }, 'number of sessions in the last 7 days not 3'],
  ])('reads %j as “%s”', (filter, words) => {
    expect(describeFilter(filterSchema.parse(filter))).toBe(words);
  });

  it('SG-04: last used before and after an instant, which is in neither', () => {
    const used = (at: string) => person({}, { [totalKey('session', '')]: { lastAt: Date.parse(at) } });
    const limit = '2025-03-01T00:00Z';
    const times = ['2025-02-28T23:59:59Z', limit, '2025-03-01T00:00:01Z'];
    expect(times.map((at) => passes({ lastUsed: { before: limit } }, used(at)))).toEqual([true, false, false]);
    expect(times.map((at) => passes({ lastUsed: { after: limit } }, used(at)))).toEqual([false, false, true]);
    const both: Filter = { lastUsed: { after: '2025-02-28T23:59:59Z', before: '2025-03-01T00:00:01Z' } };
    expect(times.map((at) => passes(both, used(at)))).toEqual([false, true, false]);
  });

  it.each<[Filter, string]>([
    [{ lastUsed: { before: '2025-03-01T00:00Z' } }, 'last used before 2025-03-01T00:00Z'],
    [
      { lastUsed: { moreThan: '14 days', lessThan: '3 weeks', after: '2025-01-01T00:00Z' } },
      'last used more than 2 weeks ago and less than 3 weeks ago and after 2025-01-01T00:00Z',
    ],
    [{ attribute: 'a', atLeast: 1, atMost: 3 }, 'a ≥ 1 and ≤ 3'],
    [{ attribute: 'a', equals: true, orBlank: true }, 'a equals true or is blank'],
    [{ attribute: 'a', isBlank: true }, 'a is blank'],
    [{ attribute: 'a', isBlank: false }, 'a is not blank'],
    [{ attribute: 'a', isEmpty: true }, 'a is empty'],
    [{ attribute: 'a', isEmpty: false }, 'a is not empty'],
    [{ not: { any: [{ attribute: 'a', equals: 1 }] } }, 'not (a equals 1)'],
    [
      {
        any: [
          {
            all: [
              { attribute: 'a', equals: 1 },
              { attribute: 'b', equals: 2 },
            ],
          },
          { attribute: 'c', equals: 3 },
        ],
      },
      '(a equals 1 and b equals 2) or c equals 3',
    ],
    [
      { all: [{ all: [{ attribute: 'a', equals: 1 }] }, { any: [{ attribute: 'b', equals: 2 }] }] },
      'a equals 1 and b equals 2',
    ],
  ])('SG-05: %j reads “%s”', (filter, words) => {
    expect(describeFilter(filterSchema.parse(filter))).toBe(words);
  });

  it('has at most 100 filters on at most 10 levels', () => {
    const leaf: Filter = { attribute: 'a', equals: 1 };
    const wide = (count: number): Filter => ({ any: [leaf, { not: { all: Array(count - 1).fill(leaf) } }] });
    const deep = (levels: number): Filter => {
      if (levels === 1) return leaf;
      const inner = deep(levels - 1);
      return [{ not: inner }, { all: [leaf, inner] }, { any: [inner, leaf] }][levels % 3] ?? leaf;
    };
    const problems = (filter: Filter) =>
      filterSchema.safeParse(filter).error?.issues.map(({ message }) => message) ?? [];
    expect(problems(wide(100))).toEqual([]);
    expect(problems(wide(101))).toEqual(['has too many filters\u001fat most 100']);
    expect(problems(deep(10))).toEqual([]);
    expect(problems(deep(11))).toEqual(['is nested too deeply\u001fat most 10 levels']);
  });

  it('tells a filter of a kind it does not know by its fields', () => {
    const unknown = { mood: 'good', atLeast: 1 } as unknown as Filter;
    expect(() => evaluateFilter(unknown, person({}), askedAt(NOW))).toThrow('Unknown kind of filter: mood, atLeast.');
  });

  it('SG-05: groups are ANDed, ORed and negated', () => {
    const yes: Filter = { attribute: 'a', equals: 1 };
    const no: Filter = { attribute: 'a', equals: 2 };
    const facts = person({ a: 1 });
    expect(passes({ all: [yes, { any: [no, yes] }] }, facts)).toBe(true);
    expect(passes({ all: [yes, no] }, facts)).toBe(false);
    expect(passes({ any: [no, { not: yes }] }, facts)).toBe(false);
  });

  it('tells the values it saw, up to the one that decided', () => {
    const filter: Filter = {
      all: [
        { attribute: 'country', equals: 'FR' },
        { eventCount: 'play', atLeast: 3 },
        { sessionCount: { atLeast: 1 } },
      ],
    };
    expect(evaluateFilter(filter, person({ country: 'FR' }), askedAt(NOW))).toEqual({
      pass: false,
      seen: [
        { filter: 'country equals FR', value: 'FR' },
        { filter: 'number of play at least 3', value: 0 },
      ],
    });
  });

  it('tells what it saw of each kind, null where there was nothing', () => {
    const filter: Filter = {
      any: [
        { lastUsed: { lessThan: '1 day' } },
        { attribute: 'country', equals: 'FR' },
        { sessionCount: { moreThan: 9 } },
        { moneySpent: { moreThan: 99 } },
      ],
    };
    const seen = (facts: UserFacts) => evaluateFilter(filter, facts, askedAt(NOW)).seen.map(({ value }) => value);
    expect(seen(person({}))).toEqual([null, null, 0, 0]);
    const totals = {
      [totalKey('session', '')]: { count: 3, lastAt: NOW - 9 * DAY_MS },
      [totalKey('purchase', '')]: { amount: 1.00004 },
    };
    expect(seen(person({ country: 'BE' }, totals))).toEqual(['2025-02-25T16:45:00.000Z', 'BE', 3, 1]);
  });

  it('names each fact it needs once', () => {
    const filter: Filter = {
      any: [
        { sessionCount: { equals: 0 } },
        { not: { lastUsed: { lessThan: '1 day' } } },
        { purchaseCount: 'any', atLeast: 1 },
        { purchaseCount: 'hat', atLeast: 1 },
        { eventCount: 'play', equals: 0 },
        { attribute: 'a', equals: 1 },
        { eventCount: 'play', equals: 0, inLast: '7 days' },
        { eventCount: 'play', equals: 0, inLast: '30 days' },
        { moneySpent: { moreThan: 10, inLast: '1 day' } },
        { purchaseCount: 'any', atLeast: 1, inLast: '2 days' },
        { moneySpent: { moreThan: 10 } },
      ],
    };
    expect(needsOf(filter)).toEqual([
      { kind: 'total', eventKind: 'session', name: '' },
      { kind: 'total', eventKind: 'purchase', name: '' },
      { kind: 'total', eventKind: 'purchase', name: 'hat' },
      { kind: 'total', eventKind: 'custom', name: 'play' },
      { kind: 'recent', eventKind: 'custom', name: 'play', days: 30 },
      { kind: 'recent', eventKind: 'purchase', name: '', days: 2 },
    ]);
  });

  it('reads as a sentence', () => {
    const filter: Filter = {
      all: [
        { attribute: 'country', isAnyOf: ['FR', 'BE'] },
        { any: [{ sessionCount: { equals: 0 } }, { not: { lastUsed: { moreThan: '2 weeks' } } }] },
      ],
    };
    expect(describeFilter(filter)).toBe(
      'country is any of ["FR","BE"] and (number of sessions exactly 0 or not (last used more than 2 weeks ago))',
    );
  });
});
