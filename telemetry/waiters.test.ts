import { Waiters } from './waiters.js';

describe('Waiters', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('tells all who wait that it happened, and leaves no timer behind', async () => {
    const waiters = new Waiters();
    const both = Promise.all([waiters.next(100), waiters.next(200)]);
    waiters.wake();
    expect(await both).toEqual([true, true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells who has waited long enough that it did not, and nobody else', async () => {
    const waiters = new Waiters();
    const [short, long] = [waiters.next(100), waiters.next(200)];
    jest.advanceTimersByTime(100);
    expect(await short).toBe(false);
    waiters.wake();
    expect(await long).toBe(true);
  });
});
