// Whose turn it is at the render threads: one after the other by whose template it is, so that a thousand people of a slow
// one wait among themselves. A template that breaks its time again and again is not tried for a while.

/** First come, first served within a source; the sources take turns. */
export class FairQueue<T> {
  private readonly bySource = new Map<string, T[]>();

  /** `first`: before those of its source that wait already. */
  push(source: string, item: T, { first = false } = {}): void {
    const items = this.bySource.get(source);
    if (items === undefined) this.bySource.set(source, [item]);
    else if (first) items.unshift(item);
    else items.push(item);
  }

  shift(): T | undefined {
    const [next] = this.bySource;
    if (next === undefined) return undefined;
    const [source, items] = next;
    const item = items.shift();
    // To the end of the row, if it has more.
    this.bySource.delete(source);
    if (items.length > 0) this.bySource.set(source, items);
    return item;
  }

  /** All that wait, which no longer do. */
  takeAll(): readonly T[] {
    const all = [...this.bySource.values()].flat();
    this.bySource.clear();
    return all;
  }
}

const FAILURES_TO_OPEN = 5;
const PAUSE_MS = 60_000;
const MAX_KNOWN = 1_000;

interface Broken {
  failures: number;
  /** Monotonic ms: when one message may try it again. */
  tryAt: number;
}

/** Remembers which templates broke their time limit: five in a row, and those who come are told so without a try. */
export class TemplateBreaker {
  private readonly broken = new Map<string, Broken>();

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {}

  /** Of the first after a pause the answer is yes; of those beside it, no. */
  mayTry(source: string): boolean {
    const known = this.broken.get(source);
    if (known === undefined || known.failures < FAILURES_TO_OPEN) return true;
    const at = this.monotonicMs();
    if (at < known.tryAt) return false;
    known.tryAt = at + PAUSE_MS;
    return true;
  }

  ended(source: string, { inTime }: { readonly inTime: boolean }): void {
    if (inTime) {
      this.broken.delete(source);
      return;
    }
    const failures = (this.broken.get(source)?.failures ?? 0) + 1;
    // As good as any: a template of a thousand others that break their time.
    if (this.broken.size >= MAX_KNOWN && !this.broken.has(source)) this.broken.clear();
    this.broken.set(source, { failures, tryAt: this.monotonicMs() + PAUSE_MS });
  }
}

export const NOT_TRIED = `the template did not finish in time for ${FAILURES_TO_OPEN} messages in a row, and is tried again a minute later`;
