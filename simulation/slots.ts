/** How many of one kind one process runs at a time; a further one is refused rather than kept waiting. */
import { RappelError } from '../domain/errors.js';

export class Slots {
  private used = 0;

  /** `what`: in the plural. */
  constructor(
    private readonly limit: number,
    private readonly what: string,
  ) {}

  take(): () => void {
    if (this.used >= this.limit) {
      throw new RappelError('rate_limited', `At most ${this.limit} ${this.what} run at a time: wait for one to end.`);
    }
    this.used += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.used -= 1;
      isHeld = false;
    };
  }
}
