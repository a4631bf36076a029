/** Those who wait, each for so long at most, for the next time that something happens. */
export class Waiters {
  private readonly waiting = new Set<() => void>();

  /** Whether it happens within the time. */
  next(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (happened: boolean) => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve(happened);
      };
      const wake = () => end(true);
      const timer = setTimeout(() => end(false), withinMs);
      this.waiting.add(wake);
    });
  }

  /** It happens now. */
  wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
