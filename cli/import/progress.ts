// How far a long import is: a line that is written over on a terminal, a line every ten seconds elsewhere.
export interface ProgressDeps {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Monotonic, ms. */
  readonly ticks: () => number;
}

const TERMINAL_EVERY_MS = 200;
const LOG_EVERY_MS = 10_000;

export class Progress {
  readonly #deps: ProgressDeps;
  readonly #total: number;
  readonly #from: number;
  readonly #startedAt: number;
  #toldAt: number;

  /** `from`: how many of `total` were done before this process began. */
  constructor(deps: ProgressDeps, { total, from }: { readonly total: number; readonly from: number }) {
    this.#deps = deps;
    this.#total = total;
    this.#from = from;
    this.#startedAt = deps.ticks();
    this.#toldAt = this.#startedAt;
  }

  tell(done: number): void {
    const { write, isTerminal, ticks } = this.#deps;
    const now = ticks();
    if (now - this.#toldAt < (isTerminal ? TERMINAL_EVERY_MS : LOG_EVERY_MS)) return;
    this.#toldAt = now;
    const line = `${counted(done)} of ${counted(this.#total)} (${share(done, this.#total)} %), ${this.#pace(done, now)}`;
    write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** Clears the line; how fast it went, a second. */
  end(done: number): number {
    const { write, isTerminal, ticks } = this.#deps;
    if (isTerminal) write('\r\u001b[K');
    const seconds = (ticks() - this.#startedAt) / 1_000;
    return Math.round((done - this.#from) / Math.max(seconds, 0.001));
  }

  #pace(done: number, now: number): string {
    const perMs = (done - this.#from) / Math.max(now - this.#startedAt, 1);
    if (perMs === 0) return 'none yet';
    const left = Math.ceil((this.#total - done) / perMs / 1_000);
    const clock = left < 60 ? `${left} s` : `${Math.floor(left / 60)} min ${left % 60} s`;
    return `${counted(Math.round(perMs * 1_000))}/s, ${clock} left`;
  }
}

function share(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}

/** `1,000,000`. */
export function counted(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
