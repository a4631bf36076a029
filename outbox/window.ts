/**
 * How many messages may be under way to their attempts, found as TCP Vegas finds how many packets: by how much longer they
 * take than they take alone. What takes longer only queues behind the others, and one of another campaign behind all of them.
 * So two on a small machine that is full, many where there is room.
 */
const LEAST = 2;
const MOST = 32;
/** How many may queue before there are fewer, and how few before there are more. */
const QUEUED_AT_MOST = 2;
const QUEUED_AT_LEAST = 1;
/** A machine or a server may have become slower: what was quick long ago is forgotten. */
const SPAN_MS = 60_000;

export class Window {
  private size = LEAST;
  private quickest = Number.POSITIVE_INFINITY;
  private quickestBefore = Number.POSITIVE_INFINITY;
  private spanSince = 0;

  get places(): number {
    return Math.floor(this.size);
  }

  /** One took `ms` at the time `now`; `isFull`: others waited for its place. */
  took(ms: number, { now, isFull }: { readonly now: number; readonly isFull: boolean }): void {
    if (now - this.spanSince >= SPAN_MS) {
      this.quickestBefore = this.quickest;
      this.quickest = Number.POSITIVE_INFINITY;
      this.spanSince = now;
    }
    this.quickest = Math.min(this.quickest, ms);
    const queued = ms === 0 ? 0 : this.size * (1 - Math.min(this.quickest, this.quickestBefore) / ms);
    if (queued > QUEUED_AT_MOST) this.size = Math.max(LEAST, this.size - 1 / this.size);
    else if (queued < QUEUED_AT_LEAST && isFull) this.size = Math.min(MOST, this.size + 1 / this.size);
  }
}
