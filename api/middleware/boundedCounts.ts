/**
 * Tells of what happens again and again, in bounds: of each subject and window the first at once, the others as one with
 * their count when the window is over. Of more subjects than are told apart, one has the sum; and while there are more, each
 * window is twice as long as the one before, up to an hour, so that a flood that lasts is told by the hour.
 */
export interface Telling<Subject> {
  tell(subject: Subject, count: number): Promise<void>;
  tellOthers(count: number): Promise<void>;
}

const WINDOW_MS = 60_000;
const LONGEST_WINDOW_MS = 3_600_000;
/** What is told in a window is twice this, and one. */
const MOST_TOLD_APART = 100;

export class BoundedCounts<Subject> {
  /** Beyond the first, by whatever makes them the same. */
  private readonly further = new Map<string, { readonly subject: Subject; count: number }>();
  private others = 0;
  private timer: NodeJS.Timeout | null = null;
  private windowMs: number;

  constructor(
    private readonly telling: Telling<Subject>,
    private readonly shortestMs = WINDOW_MS,
  ) {
    this.windowMs = shortestMs;
  }

  /** How long what happens next is collected. */
  get window(): number {
    return this.windowMs;
  }

  async note(name: string, subject: Subject): Promise<void> {
    this.timer ??= setTimeout(() => void this.flush(), this.windowMs).unref();
    const known = this.further.get(name);
    if (known !== undefined) known.count += 1;
    else if (this.further.size >= MOST_TOLD_APART) this.others += 1;
    else {
      this.further.set(name, { subject, count: 0 });
      await this.telling.tell(subject, 1);
    }
  }

  /** What the window has left to tell; also asked for when the process stops. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const left = [...this.further.values()].filter(({ count }) => count > 0);
    const others = this.others;
    this.further.clear();
    this.others = 0;
    this.windowMs = others === 0 ? this.shortestMs : Math.min(this.windowMs * 2, LONGEST_WINDOW_MS);
    for (const { subject, count } of left) await this.telling.tell(subject, count);
    if (others > 0) await this.telling.tellOthers(others);
  }
}
