// What a piece of work costs as its input grows: the guard of every parser, fold, matcher and renderer that outside data
// reaches. The one place where tests measure time, as work that grows faster than its bytes stops everybody else's.

/** One piece of work: `make` builds an input of size `n`, `run` does the work on it. */
export interface Subject<Input = unknown> {
  readonly name: string;
  /** The size of the largest input that is allowed in. */
  readonly largest: number;
  make(n: number): Input;
  run(input: Input): unknown;
}

export function subject<Input>(name: string, largest: number, work: Omit<Subject<Input>, 'name' | 'largest'>): Subject {
  // Its own `make` and `run` fit each other; of a list of several, nobody else need know how.
  return { name, largest, make: work.make, run: (input) => work.run(input as Input) };
}

export const LONGEST_PAUSE_MS = 100;
export const MOST_GROWTH = 2.5;

const ROUNDS = 9;
/** Shorter work is repeated until it takes so long: what is measured must be more than the clock's noise. */
const MEASURED_MS = 30;
/** Work that takes longer than this once is measured no further. */
const HOPELESS_MS = 2_000;
/** Work that takes less on the largest input that is let in may grow as it likes: it holds nobody up. */
const NOTHING_MS = 15;

/**
 * How long the work holds this thread on its largest input: in CPU, ms, as other programs run too. The best of nine,
 * or the first that is within what is allowed.
 */
export function pauseMs({ make, run, largest }: Subject): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && best >= LONGEST_PAUSE_MS; round++) {
    const input = make(largest);
    best = Math.min(
      best,
      cpuMs(() => run(input), 1),
    );
    if (best > HOPELESS_MS) return best;
  }
  return best;
}

/** CPU of this process on the largest input ÷ on half of it; the best of nine, as above. Linear work is at 2. */
export function growth({ make, run, largest }: Subject): number {
  const [half, whole] = [make(Math.floor(largest / 2)), make(largest)];
  const first = cpuMs(() => run(whole), 1);
  if (first < NOTHING_MS) return 1;
  if (first > HOPELESS_MS) return Number.POSITIVE_INFINITY;
  const repeats = Math.max(1, Math.ceil(MEASURED_MS / Math.max(cpuMs(() => run(half), 3) / 3, 0.01)));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && best >= MOST_GROWTH; round++)
    best = Math.min(best, cpuMs(() => run(whole), repeats) / cpuMs(() => run(half), repeats));
  return best;
}

function cpuMs(work: () => unknown, times: number): number {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
