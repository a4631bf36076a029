import { eventOf, factsOf, purchaseOf, TEN } from '../decision/examples.js';
import { addToFacts } from './addToFacts.js';
import { utcDay } from './counted.js';
import { totalKey } from './facts.js';

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
});
