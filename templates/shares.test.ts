import { FairQueue, TemplateBreaker } from './shares.js';

const PEOPLE = [1, 2, 3, 4, 5];

describe('H4: shares of the render threads', () => {
  it('the sources take turns, each in its own order', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.slice(0, 1), item);
    queue.push('a', 'a0', { first: true });
    const order = Array.from({ length: 8 }, () => queue.shift());
    expect(order).toEqual(['a0', 'b1', 'c1', 'a1', 'b2', 'a2', 'a3', undefined]);
  });

  it('all that wait can be taken at once', () => {
    const queue = new FairQueue<number>();
    queue.push('a', 1);
    queue.push('b', 2);
    expect(queue.takeAll()).toEqual([1, 2]);
    expect(queue.shift()).toBeUndefined();
  });

  it('five people in a row close a template for a minute, then one tries it', () => {
    const { clock, breaker, fail, mayTry } = breakers();
    for (const userId of PEOPLE.slice(1)) fail(userId);
    breaker.ended({ source: 't', userId: 6 }, { inTime: true });
    for (const userId of PEOPLE.slice(1)) fail(userId);
    expect(mayTry(7)).toBe(true);
    expect(breaker.resting).toBe(0);
    fail(1);
    expect(breaker.resting).toBe(1);
    expect([mayTry(7), mayTry(8, 'other')]).toEqual([false, true]);
    expect(breaker.whyNot({ source: 't', userId: 7 })).toContain('5 people in a row');
    clock.ms += 60_000;
    expect([mayTry(7), mayTry(8)]).toEqual([true, false]);
    breaker.ended({ source: 't', userId: 7 }, { inTime: true });
    expect([mayTry(7), mayTry(8)]).toEqual([true, true]);
    expect(breaker.resting).toBe(0);
  });

  it('one person who breaks it rests alone, whoever is rendered between', () => {
    const { clock, breaker, fail, mayTry } = breakers();
    for (let n = 0; n < 5; n += 1) {
      expect(mayTry(1)).toBe(true);
      fail(1);
      breaker.ended({ source: 't', userId: 2 }, { inTime: true });
    }
    for (let n = 0; n < 5; n += 1) fail(1);
    for (const userId of PEOPLE.slice(2)) fail(userId);
    expect([mayTry(1), mayTry(1, 'other'), mayTry(2), mayTry(6)]).toEqual([false, true, true, true]);
    expect(breaker.whyNot({ source: 't', userId: 1 })).toContain('to this person');
    expect(breaker.resting).toBe(0);
    clock.ms += 60_000;
    expect([mayTry(1), mayTry(1)]).toEqual([true, false]);
    breaker.ended({ source: 't', userId: 1 }, { inTime: true });
    expect([mayTry(1), mayTry(1)]).toEqual([true, true]);
  });

  it('people and templates without end do not take the memory of the process', () => {
    const { breaker, fail } = breakers();
    for (let userId = 0; userId < 3_000; userId += 1) {
      fail(userId);
      breaker.ended({ source: `t${userId}`, userId }, { inTime: false });
    }
    for (const kind of ['templates', 'people']) {
      const { failing } = Reflect.get(breaker, kind);
      expect(failing.size).toBeLessThanOrEqual(1_000);
      for (const { who } of failing.values()) expect(who.size).toBeLessThanOrEqual(5);
    }
  });
});

/** With a clock that only the test moves. */
function breakers() {
  const clock = { ms: 0 };
  const breaker = new TemplateBreaker(() => clock.ms);
  return {
    clock,
    breaker,
    fail: (userId: number) => breaker.ended({ source: 't', userId }, { inTime: false }),
    mayTry: (userId: number, source = 't') => breaker.whyNot({ source, userId }) === null,
  };
}
