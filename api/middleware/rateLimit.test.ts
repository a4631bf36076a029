import type { Response } from 'express';
import { countRequest, RateCounters, TRACK_LIMIT } from './rateLimit.js';

const limit = { name: 'test', limit: 2, windowMs: 3_000 };

test('API-02: a caller may use the limit in each window, and no more', () => {
  const counters = new RateCounters();
  const states = [0, 1_000, 2_999, 3_000].map((now) => counters.count(limit, 'a', 60_000 + now));
  expect(states.map(({ isExceeded }) => isExceeded)).toEqual([false, false, true, false]);
  expect(states.map(({ remaining }) => remaining)).toEqual([1, 0, 0, 1]);
  expect(states.map(({ resetSeconds }) => resetSeconds)).toEqual([63, 63, 63, 66]);
});

test('API-02: callers and kinds of requests are counted apart', () => {
  const counters = new RateCounters();
  for (let i = 0; i < 3; i++) counters.count(limit, 'a', 0);
  expect(counters.count(limit, 'b', 0).isExceeded).toBe(false);
  expect(counters.count({ ...limit, name: 'other' }, 'a', 0).isExceeded).toBe(false);
  expect(TRACK_LIMIT).toMatchObject({ limit: 3_000, windowMs: 3_000 });
});

test('API-01: the request that is one too many is refused with when to come back', () => {
  const counters = new RateCounters();
  const daily = { name: 'daily', limit: 2, windowMs: 86_400_000 };
  const headers = new Map<string, unknown>();
  const response = { setHeader: (name: string, value: unknown) => headers.set(name, value) } as unknown as Response;
  const count = () => countRequest(counters, daily, { caller: 'a', response });
  count();
  count();
  expect(headers.get('x-ratelimit-remaining')).toBe(0);
  expect(headers.has('retry-after')).toBe(false);
  expect(count).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  expect(headers.get('retry-after')).toBeGreaterThanOrEqual(1);
});
