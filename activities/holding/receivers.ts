/**
 * Shares of this worker's slots by who receives: one that is slow or does not answer must not hold up the messages of
 * others. A receiver is the host of a webhook, or the mail server. Known of this process alone, and only while it runs.
 *
 * - A receiver that answers fast may use most slots; one that is slow, or not yet known, a quarter of them, and all of
 *   these together most: the rest is left for those that are fast.
 * - Who finds no seat holds, outside any slot, until about when its turn comes at the pace of that receiver.
 * - After five time-outs in a row one message at a time asks whether it answers again; the others hold.
 */

import type { SendResult } from '../../channels/channel.js';
import type { HeldFor } from '../../domain/decision/sending/heldFor.js';
import { Waiters } from '../../telemetry/waiters.js';
import type { Held } from './hold.js';

/** What each receiver answered; of those that are not in it nobody was asked. */
type Answers = ReadonlyMap<string, SendResult>;

export type Seats =
  /** `release`: once; what comes after the first is ignored. Answers whether a receiver is paused by it. */
  { readonly kind: 'seated'; release(answers: Answers): boolean } | (Held & { readonly kind: 'busy' });

/** Until when to hold; null when there is a seat. */
export function busyOf(seats: Seats): Held | null {
  return seats.kind === 'busy' ? seats : null;
}

export interface ReceiversOptions {
  /** Of this worker: how many messages it sends at the same time. */
  readonly slots: number;
  /** Monotonic, ms: it measures calls, and decides nothing about a message. */
  readonly monotonicMs?: () => number;
}

const SLOW_MS = 1_000;
/** One that is fast has a seat in a moment: no reason to hold, which costs a timer and a second attempt. */
const PATIENCE_MS = 500;
/** What the newest call weighs in the average. */
const NEWEST = 0.3;
const TIMEOUTS_TO_OPEN = 5;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const LEAST_HOLD_MS = 1_000;
const LONGEST_HOLD_MS = 3_600_000;
/** Of those who wait for one that does not answer: four a second ask, however many they are. */
const CLOSED_STEP_MS = 250;
const LEAST_STEP_MS = 50;
const MAX_KNOWN = 10_000;
const TIMEOUTS: ReadonlySet<string> = new Set(['reply_timeout', 'timeout']);

interface Receiver {
  /** When each call under way began. */
  readonly calls: Set<Call>;
  averageMs: number | null;
  timeouts: number;
  /** While it is not asked but by one: until when. */
  closedUntil: number;
  /** The last instant that was given to one who holds. */
  lastTurn: number;
}

export class Receivers {
  private readonly known = new Map<string, Receiver>();
  /** Those that are being called. */
  private readonly active = new Set<Receiver>();
  /** Those who wait for a seat to be given back. */
  private readonly waiters = new Waiters();
  private readonly most: number;
  private readonly share: number;
  private readonly monotonicMs: () => number;

  constructor({ slots, monotonicMs = () => performance.now() }: ReceiversOptions) {
    this.most = Math.max(1, Math.floor(slots * 0.6));
    this.share = Math.max(1, Math.floor(slots / 4));
    this.monotonicMs = monotonicMs;
  }

  /** A seat at each of them, or at none; waits half a second where one will be free soon. `now` in epoch ms, for the hold. */
  async seat(receivers: readonly string[], now: number): Promise<Seats> {
    const until = this.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const seats = this.take(receivers, now);
      const left = until - this.monotonicMs();
      if (seats.kind === 'seated' || left <= 0 || !receivers.every((name) => this.isFast(this.of(name)))) return seats;
      if (!(await this.waiters.next(left))) return this.take(receivers, now);
    }
  }

  private isFast(receiver: Receiver): boolean {
    return receiver.timeouts === 0 && this.pace(receiver) < SLOW_MS;
  }

  private take(receivers: readonly string[], now: number): Seats {
    const names = [...new Set(receivers)];
    for (const name of names) {
      const receiver = this.of(name);
      const problem = this.whyBusy(receiver);
      if (problem !== null) return { kind: 'busy', until: now + this.turn(receiver), heldFor: problem };
    }
    const call = { startedAt: this.monotonicMs() };
    for (const name of names) {
      const receiver = this.of(name);
      receiver.calls.add(call);
      this.active.add(receiver);
    }
    return { kind: 'seated', release: (answers) => this.release(names, call, answers) };
  }

  /** Receivers that one message at a time asks whether they answer again. */
  get paused(): number {
    return [...this.known.values()].filter(({ timeouts }) => timeouts >= TIMEOUTS_TO_OPEN).length;
  }

  private of(name: string): Receiver {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.known.size >= MAX_KNOWN) this.forgetIdle();
    const receiver = { calls: new Set<Call>(), averageMs: null, timeouts: 0, closedUntil: 0, lastTurn: 0 };
    this.known.set(name, receiver);
    return receiver;
  }

  /** Those that say nothing of the next call go first; whoever names thousands that do not answer takes no more memory. */
  private forgetIdle(): void {
    const idle = [...this.known].filter(([, { calls }]) => calls.size === 0);
    const harmless = idle.filter(([, { timeouts }]) => timeouts === 0);
    for (const [name] of harmless.length > 0 ? harmless : idle) this.known.delete(name);
  }

  private whyBusy(receiver: Receiver): HeldFor | null {
    if (receiver.timeouts >= TIMEOUTS_TO_OPEN) {
      const mayAsk = receiver.calls.size === 0 && this.monotonicMs() >= receiver.closedUntil;
      return mayAsk ? null : 'receiver_silent';
    }
    const limit = this.limit(receiver);
    if (receiver.calls.size >= limit) return 'receiver_slow';
    return limit === this.share && this.slowCalls() >= this.most ? 'receivers_slow' : null;
  }

  /** Calls under way to receivers that are slow or not yet known. */
  private slowCalls(): number {
    let calls = 0;
    for (const receiver of this.active) if (this.limit(receiver) === this.share) calls += receiver.calls.size;
    return calls;
  }

  private limit(receiver: Receiver): number {
    const isKnown = receiver.averageMs !== null;
    return isKnown && this.pace(receiver) < SLOW_MS ? this.most : this.share;
  }

  /** How long one call takes: on average, or as long as the oldest under way has taken already. */
  private pace({ averageMs, calls }: Receiver): number {
    const [oldest] = calls;
    return Math.max(averageMs ?? 0, oldest === undefined ? 0 : this.monotonicMs() - oldest.startedAt);
  }

  /** How long to hold: turns are spread at the pace at which the receiver works, so that nobody asks in vain. */
  private turn(receiver: Receiver): number {
    const at = this.monotonicMs();
    const isClosed = receiver.timeouts >= TIMEOUTS_TO_OPEN;
    const from = Math.max(at + LEAST_HOLD_MS, isClosed ? receiver.closedUntil : 0);
    const step = isClosed ? CLOSED_STEP_MS : Math.max(LEAST_STEP_MS, this.pace(receiver) / this.limit(receiver));
    receiver.lastTurn = Math.max(from, receiver.lastTurn + step);
    if (receiver.lastTurn > at + LONGEST_HOLD_MS) receiver.lastTurn = from;
    return receiver.lastTurn - at;
  }

  private release(names: readonly string[], call: Call, answers: Answers): boolean {
    let isPaused = false;
    const at = this.monotonicMs();
    for (const name of names) {
      const receiver = this.of(name);
      if (!receiver.calls.delete(call)) continue;
      if (receiver.calls.size === 0) this.active.delete(receiver);
      const result = answers.get(name);
      // The gates said no, or another attempt was first: nobody was asked.
      if (result === undefined) continue;
      const tookMs = at - call.startedAt;
      receiver.averageMs = receiver.averageMs === null ? tookMs : receiver.averageMs * (1 - NEWEST) + tookMs * NEWEST;
      if (!isTimeout(result)) {
        receiver.timeouts = 0;
        continue;
      }
      receiver.timeouts += 1;
      const beyond = receiver.timeouts - TIMEOUTS_TO_OPEN;
      isPaused ||= beyond === 0;
      if (beyond >= 0)
        receiver.closedUntil = at + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(beyond, 10), LONGEST_PAUSE_MS);
    }
    this.waiters.wake();
    return isPaused;
  }
}

type Call = { readonly startedAt: number };

function isTimeout(result: SendResult): boolean {
  return (result.kind === 'ambiguous' || result.kind === 'refused') && TIMEOUTS.has(result.code);
}
