import { eventOf, factsOf, purchaseOf, TEN } from '../decision/examples.js';
import { totalKey } from './counters.js';
import { utcDay } from './recentDays.js';
import { addToFacts, distinctNeeds, type FactNeed, needsOfKind, takeFromFacts } from './userFacts.js';

const total = (name: string): FactNeed => ({ kind: 'total', eventKind: 'custom', name });
const recent = (name: string, days: number): FactNeed => ({ kind: 'recent', eventKind: 'custom', name, days });

describe('what filters must have loaded', () => {
  it('SG-02: is each fact once, over the most days that anybody asks for, whoever asks first', () => {
    const wanted = [total('play'), recent('play', 7), recent('win', 3)];
    expect(distinctNeeds([total('play'), recent('play', 7), recent('win', 3), recent('play', 2)])).toEqual(wanted);
    expect(distinctNeeds([total('play'), recent('play', 2), recent('win', 3), recent('play', 7)])).toEqual(wanted);
    expect(distinctNeeds([...wanted, ...wanted])).toEqual(wanted);
    expect(distinctNeeds([recent('play', 7), total('play')])).toEqual([recent('play', 7), total('play')]);
  });

  it('is told apart: counters ever, and those of days', () => {
    const needs = [total('play'), recent('play', 7), total('win')];
    expect(needsOfKind(needs, 'total')).toEqual([total('play'), total('win')]);
    expect(needsOfKind(needs, 'recent')).toEqual([recent('play', 7)]);
  });
});

const ANY_PURCHASE = totalKey('purchase', '');
const TODAY = utcDay(TEN);

describe('an event added to what is known of a person', () => {
  it('UT-07: a purchase of quantity 3 counts three, its money is price × quantity, ever and on its day', () => {
    const facts = { ...factsOf(), recent: new Map([[ANY_PURCHASE, new Map([[TODAY, { count: 1, amount: 2 }]])]]) };
    const after = addToFacts(facts, purchaseOf({ properties: { price: 5, quantity: 3 } }));
    expect(after.totals.get(ANY_PURCHASE)).toMatchObject({ count: 3, amount: 15 });
    expect(after.recent.get(ANY_PURCHASE)?.get(TODAY)).toEqual({ count: 4, amount: 17 });
    expect(facts.recent.get(ANY_PURCHASE)?.get(TODAY)).toEqual({ count: 1, amount: 2 });
  });

  it('SG-02: counts on the UTC day on which it happened, not on which it was recorded', () => {
    const key = totalKey('custom', 'add_to_cart');
    const facts = { ...factsOf(), recent: new Map([[key, new Map()]]) };
    const late = eventOf({ time: Date.parse('2025-03-05T23:59:59.999Z'), receivedAt: TEN });
    expect([...(addToFacts(facts, late).recent.get(key) ?? [])]).toEqual([[TODAY - 1, { count: 1, amount: 0 }]]);
  });

  it('keeps no days of what was not loaded, as the earlier ones are not known', () => {
    expect(addToFacts(factsOf(), eventOf()).recent.size).toBe(0);
  });

  it('EV-04, UT-07: a purchase counts under its product and under any, with its first and last instant', () => {
    const first = addToFacts(factsOf(), purchaseOf({ name: 'hat', time: TEN, properties: { price: 5 } }));
    const { totals } = addToFacts(first, purchaseOf({ name: 'shoe', time: TEN - 1_000, properties: { quantity: 2 } }));
    expect(totals.get(totalKey('purchase', 'hat'))).toEqual({ count: 1, amount: 5, firstAt: TEN, lastAt: TEN });
    expect(totals.get(totalKey('purchase', 'shoe'))).toMatchObject({ count: 2, amount: 0 });
    expect(totals.get(ANY_PURCHASE)).toEqual({ count: 3, amount: 5, firstAt: TEN - 1_000, lastAt: TEN });
    expect(addToFacts(first, purchaseOf({ time: TEN + 1 })).totals.get(ANY_PURCHASE)).toMatchObject({
      firstAt: TEN,
      lastAt: TEN + 1,
    });
  });

  it('a purchase whose quantity or price is no number counts once, for nothing', () => {
    const { totals } = addToFacts(factsOf(), purchaseOf({ properties: { quantity: '3', price: '5' } }));
    expect(totals.get(ANY_PURCHASE)).toMatchObject({ count: 1, amount: 0 });
  });

  it('SG-11: sessions and custom events count once, under their own name', () => {
    const session = eventOf({ kind: 'session', name: '', properties: { price: 5, quantity: 3 } });
    const { totals } = addToFacts(addToFacts(factsOf(), session), eventOf());
    expect(totals.get(totalKey('session', ''))).toMatchObject({ count: 1, amount: 0 });
    expect(totals.get(totalKey('custom', 'add_to_cart'))).toMatchObject({ count: 1, amount: 0 });
    expect(totals.size).toBe(2);
  });

  it.each(['attributes', 'received', 'exceptionFired', 'interaction', 'converted'] as const)(
    'an event of the kind %s counts nothing',
    (kind) => {
      const facts = factsOf();
      expect(addToFacts(facts, eventOf({ kind }))).toBe(facts);
    },
  );

  it('SG-02: a purchase is kept on its day under its product too, where that was loaded', () => {
    const key = totalKey('purchase', 'hat');
    const facts = {
      ...factsOf(),
      recent: new Map([
        [key, new Map()],
        [ANY_PURCHASE, new Map()],
      ]),
    };
    const { recent } = addToFacts(facts, purchaseOf({ name: 'hat', properties: { price: 2 } }));
    const today = new Map([[TODAY, { count: 1, amount: 2 }]]);
    expect([recent.get(key), recent.get(ANY_PURCHASE)]).toEqual([today, today]);
  });
});

describe('events taken from what is known of a person', () => {
  it('EV-04: leaves what was known before them', () => {
    const bought = purchaseOf({ properties: { price: 5, quantity: 2 } });
    const known = { ...factsOf(), recent: new Map([[ANY_PURCHASE, new Map([[TODAY, { count: 1, amount: 2 }]])]]) };
    const before = addToFacts(known, purchaseOf({ name: 'hat', properties: { price: 3 } }));
    const after = addToFacts(before, bought);
    const { totals, recent } = takeFromFacts(after, [bought]);
    expect(totals.get(ANY_PURCHASE)).toMatchObject({ count: 1, amount: 3 });
    expect(totals.has(totalKey('purchase', 'sku'))).toBe(false);
    expect(recent).toEqual(before.recent);
  });

  it('of what was not loaded nothing is taken', () => {
    const nothing = {
      totals: new Map(),
      recent: new Map([[ANY_PURCHASE, new Map()]]),
      matching: new Map(),
      received: new Map(),
    };
    expect(takeFromFacts(nothing, [purchaseOf(), eventOf({ kind: 'session', name: '' })])).toEqual(nothing);
  });
});
