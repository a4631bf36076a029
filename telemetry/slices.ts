import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long work on one thread holds up everybody else's: it stops for them at least this often. */
const SLICE_MS = 20;

/**
 * Long work in slices: between two of its steps, `if (slices.isOver) await slices.giveWay()` lets whatever else waits for
 * this thread go first, once a slice is over.
 */
export class Slices {
  #startedAt = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#startedAt >= SLICE_MS;
  }

  async giveWay(): Promise<void> {
    await nextTurn();
    this.#startedAt = performance.now();
  }
}
