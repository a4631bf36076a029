import { FairQueue, TemplateBreaker } from './shares.js';

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

  it('five failures in a row close a template for a minute, then one tries it', () => {
    const clock = { ms: 0 };
    const breaker = new TemplateBreaker(() => clock.ms);
    const fail = () => breaker.ended('t', { inTime: false });
    for (let n = 0; n < 4; n += 1) fail();
    breaker.ended('t', { inTime: true });
    for (let n = 0; n < 4; n += 1) fail();
    expect(breaker.mayTry('t')).toBe(true);
    fail();
    expect([breaker.mayTry('t'), breaker.mayTry('other')]).toEqual([false, true]);
    clock.ms += 60_000;
    expect([breaker.mayTry('t'), breaker.mayTry('t')]).toEqual([true, false]);
    breaker.ended('t', { inTime: true });
    expect([breaker.mayTry('t'), breaker.mayTry('t')]).toEqual([true, true]);
  });
});
