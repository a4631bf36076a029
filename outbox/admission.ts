import { Waiters } from '../telemetry/waiters.js';

/**
 * How many messages that are due at once a worker hands to Temporal before their attempts have begun. What is handed over
 * is first come, first served: behind a thousand of one campaign another's would wait for half a minute, while in the
 * outbox the newest have a lane of their own. So Temporal is given little more than is taken up at once.
 */
const MOST_NOT_BEGUN = 4;
const SMALL_BATCH = 8;
const LARGE_BATCH = 100;
/** Nobody takes it up: what comes behind must not wait for that. */
const FORGET_AFTER_MS = 2_000;
/** How often the rows are asked what other workers have taken up. */
const LOOK_AGAIN_MS = 100;

export interface AdmissionOptions {
  /** How many, 4 unless it says otherwise. */
  readonly most?: number;
  /** Which of the pairings an attempt, of whatever worker, has looked at. */
  readonly takenUp: (pairingIds: readonly number[]) => Promise<readonly number[]>;
  readonly monotonicMs?: () => number;
}

export class Admission {
  /** When each was handed over, by pairing. */
  private readonly notBegun = new Map<number, number>();
  /** Those who wait for an attempt of this worker to begin. */
  private readonly waiters = new Waiters();
  private size = SMALL_BATCH;

  private readonly most: number;
  private readonly takenUp: AdmissionOptions['takenUp'];
  private readonly monotonicMs: () => number;

  constructor({ takenUp, most = MOST_NOT_BEGUN, monotonicMs = () => performance.now() }: AdmissionOptions) {
    this.takenUp = takenUp;
    this.most = most;
    this.monotonicMs = monotonicMs;
  }

  /** How many rows to look at next: few while messages are due at once, many of those that wait in Temporal anyway. */
  get batch(): number {
    return this.size;
  }

  handedOver(pairingId: number): void {
    this.notBegun.set(pairingId, this.monotonicMs());
  }

  /** An attempt of this worker has begun. */
  began(pairingId: number): void {
    if (this.notBegun.delete(pairingId)) this.waiters.wake();
  }

  /** After each batch: whether it was full, and whether anything of it was due at once. */
  ended({ isFull, hadImmediate }: { readonly isFull: boolean; readonly hadImmediate: boolean }): void {
    this.size = isFull && !hadImmediate ? Math.min(LARGE_BATCH, this.size * 2) : SMALL_BATCH;
  }

  /** Resolves when more may be handed over. */
  async room(): Promise<void> {
    for (;;) {
      this.forget();
      if (this.notBegun.size < this.most) return;
      if (await this.waiters.next(LOOK_AGAIN_MS)) continue;
      for (const id of await this.takenUp([...this.notBegun.keys()])) this.notBegun.delete(id);
    }
  }

  private forget(): void {
    const since = this.monotonicMs() - FORGET_AFTER_MS;
    // In the order in which they were handed over.
    for (const [pairingId, at] of this.notBegun) {
      if (at > since) return;
      this.notBegun.delete(pairingId);
    }
  }
}
