const PAUSE_MS = 60_000;
/** Of those who wait for the same: fifty a second look again, however many they are. */
const STEP_MS = 20;
const LONGEST_MS = 3_600_000;

/** Instants at which those who lack something look again, spread so that they are no load beside the messages of others. */
export class Turns {
  private last = 0;

  next(now: number): number {
    this.last = Math.min(Math.max(this.last + STEP_MS, now + PAUSE_MS), now + LONGEST_MS);
    return this.last;
  }
}
