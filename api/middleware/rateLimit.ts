import type { Request, Response } from 'express';
import { RappelError } from '../../domain/errors.js';
import { addressOf } from './clientAddress.js';
import type { Strangers } from './keyLookups.js';

/**
 * API-01, API-02: counts requests per caller and kind in fixed windows, says so in headers on every answer, and
 * refuses what is over. In memory: each process allows the limit, N processes allow N times it.
 */
export interface RateLimit {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

export const TRACK_LIMIT: RateLimit = { name: 'track', limit: 3_000, windowMs: 3_000 };
export const DEFAULT_LIMIT: RateLimit = { name: 'default', limit: 250_000, windowMs: 3_600_000 };
/** Of the routes that say who is who, together. */
export const IDENTITY_LIMIT: RateLimit = { name: 'identity', limit: 20_000, windowMs: 60_000 };

const LIMIT_OF: ReadonlyMap<string, RateLimit> = new Map([
  ['/users/track', TRACK_LIMIT],
  ['/users/alias/new', IDENTITY_LIMIT],
  ['/users/alias/update', IDENTITY_LIMIT],
  ['/users/delete', IDENTITY_LIMIT],
  ['/users/merge', IDENTITY_LIMIT],
  ['/users/identify', IDENTITY_LIMIT],
]);

/** The limit that requests of this path are counted by, whoever sends them. */
export function limitOf(path: string): RateLimit {
  return LIMIT_OF.get(path) ?? DEFAULT_LIMIT;
}

/**
 * For callers of whom nothing proves who they are, by address: a mistyped key is seen at once, and a flood of them costs
 * PostgreSQL at most 30 statements a second. Its window is short, as whoever shares the address waits for its end, too.
 */
export const STRANGER_LIMIT: RateLimit = { name: 'stranger', limit: 300, windowMs: 10_000 };

export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** UTC epoch seconds at which the window ends. */
  readonly resetSeconds: number;
  readonly isExceeded: boolean;
}

/** The counters of all callers. Each limit's counters are forgotten together when its window ends. */
export class RateCounters {
  private readonly windows = new Map<string, { readonly index: number; readonly counts: Map<string, number> }>();

  count({ name, limit, windowMs }: RateLimit, caller: string, nowMs: number): RateState {
    const index = Math.floor(nowMs / windowMs);
    let window = this.windows.get(name);
    if (window?.index !== index) {
      window = { index, counts: new Map() };
      this.windows.set(name, window);
    }
    const used = (window.counts.get(caller) ?? 0) + 1;
    window.counts.set(caller, used);
    return {
      limit,
      remaining: Math.max(0, limit - used),
      resetSeconds: Math.ceil(((index + 1) * windowMs) / 1000),
      isExceeded: used > limit,
    };
  }

  /** Takes one count back, while its window lasts. */
  giveBack({ name, windowMs }: RateLimit, caller: string, nowMs: number): void {
    const window = this.windows.get(name);
    const used = window?.counts.get(caller) ?? 0;
    if (window?.index === Math.floor(nowMs / windowMs) && used > 0) window.counts.set(caller, used - 1);
  }
}

/** Infrastructure time, not the Clock: a workspace's "now" may be simulated, a flood is not. */
const nowMs = () => performance.timeOrigin + performance.now();

/** Counts one request of `caller`, whoever that is said to be; throws when it is one too many. */
export function countRequest(
  counters: RateCounters,
  limit: RateLimit,
  { caller, response }: { readonly caller: string; readonly response: Response },
): void {
  const now = nowMs();
  const state = counters.count(limit, caller, now);
  response.setHeader('x-ratelimit-limit', state.limit);
  response.setHeader('x-ratelimit-remaining', state.remaining);
  response.setHeader('x-ratelimit-reset', state.resetSeconds);
  if (!state.isExceeded) return;
  const seconds = Math.max(1, Math.ceil(state.resetSeconds - now / 1000));
  response.setHeader('retry-after', seconds);
  const allowed = `At most ${limit.limit} requests per ${limit.windowMs / 1000} s`;
  throw new RappelError('rate_limited', `${allowed}; wait ${seconds} s.`);
}

/** Whoever shares the address of this request, and of whom nothing proves who they are. */
export function strangersAt(request: Request, counters: RateCounters, response: Response): Strangers {
  return {
    count: () => countRequest(counters, STRANGER_LIMIT, { caller: addressOf(request), response }),
    giveBack: () => counters.giveBack(STRANGER_LIMIT, addressOf(request), nowMs()),
  };
}
