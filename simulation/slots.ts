/** How many simulations one process runs at a time; a further one is refused rather than kept waiting. */
import { RappelError } from '../domain/errors.js';

export class Slots {
  private used = 0;

  constructor(private readonly limit: number) {}

  take(): () => void {
    if (this.used >= this.limit) {
      throw new RappelError('rate_limited', `At most ${this.limit} simulations run at a time: wait for one to end.`);
    }
    this.used += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.used -= 1;
      isHeld = false;
    };
  }
}
