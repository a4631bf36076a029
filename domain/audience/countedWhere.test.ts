import { factsOf, TEN } from '../decision/examples.js';
import { addToFacts, type UserFacts } from '../facts/userFacts.js';
import { checkFilter } from './checkFilter.js';
import { askedAt } from './examples.js';
import { describeFilter, evaluateFilter, filterSchema, needsOf } from './filter.js';

const DAY_MS = 86_400_000;
const DEAR = { eventCount: 'cart', atLeast: 2, inLast: '7 days', where: [{ property: 'items[].price', moreThan: 50 }] };
const RED = {
  purchaseCount: 'any',
  lessThan: 2,
  inLast: '7 days',
  where: [{ property: 'color', doesNotEqual: 'blue' }],
};

/** Who is asked about these filters and has done nothing yet. */
function nobody(...filters: readonly object[]): UserFacts {
  const needs = needsOf({ all: filters.map((filter) => filterSchema.parse(filter)) });
  const matching = needs.flatMap((need) =>
    need.kind === 'matching' ? [[JSON.stringify([need.eventKind, need.name, need.where]), need] as const] : [],
  );
  return {
    ...factsOf(),
    matching: new Map(matching.map(([key, need]) => [key, { ...need, days: new Map(), isCut: false }])),
  };
}

const cart = (price: number, time = TEN) =>
  ({ kind: 'custom', name: 'cart', time, properties: { items: [{ price: 1 }, { price }] } }) as const;
const bought = (color: string) =>
  ({ kind: 'purchase', name: 'hat', time: TEN, properties: { color, quantity: 2 } }) as const;
const passes = (filter: object, facts: UserFacts) =>
  evaluateFilter(filterSchema.parse(filter), facts, askedAt(TEN)).pass;

describe('SG-11: a count of events whose properties pass', () => {
  it('counts these alone, of the days that are asked for', () => {
    const once = addToFacts(addToFacts(nobody(DEAR), cart(51)), cart(50));
    expect(passes(DEAR, once)).toBe(false);
    expect(passes(DEAR, addToFacts(once, cart(60)))).toBe(true);
    expect(passes(DEAR, addToFacts(once, cart(60, TEN - 9 * DAY_MS)))).toBe(false);
  });

  it('counts a purchase by its quantity, and 0 where nothing passes', () => {
    expect(passes(RED, nobody(RED))).toBe(true);
    expect(passes(RED, addToFacts(nobody(RED), bought('blue')))).toBe(true);
    expect(passes(RED, addToFacts(nobody(RED), bought('red')))).toBe(false);
  });

  it('cannot be answered of somebody who did it too often, and says so', () => {
    const facts = nobody(DEAR);
    const cut = {
      ...facts,
      matching: new Map([...facts.matching].map(([key, each]) => [key, { ...each, isCut: true }])),
    };
    expect(() => passes(DEAR, cut)).toThrow('did cart too often');
    expect(checkFilter(filterSchema.parse(DEAR), cut, askedAt(TEN))).toMatchObject({
      pass: false,
      problem: expect.any(String),
    });
    expect(checkFilter(filterSchema.parse(DEAR), facts, askedAt(TEN))).not.toHaveProperty('problem');
  });

  it('is told in words', () => {
    expect(describeFilter(filterSchema.parse(DEAR))).toBe(
      'number of cart with items[].price more than 50 in the last 7 days at least 2',
    );
    expect(describeFilter(filterSchema.parse(RED))).toBe(
      'number of purchases with color does not equal blue in the last 7 days less than 2',
    );
  });

  it('needs a number of days', () => {
    const { inLast: _, ...ever } = DEAR;
    expect(JSON.stringify(filterSchema.safeParse(ever).error?.issues)).toContain('has `where` and no `inLast`');
  });
});
