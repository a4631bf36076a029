// Whose turn it is at the render threads: one after the other by whose template it is, so that a thousand people of a slow
// one wait among themselves. What breaks its time again and again is not tried for a while.

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

const FAILURES_TO_REST = 5;
const PAUSE_MS = 60_000;
const MAX_KNOWN = 1_000;

interface Failing {
  /** Who failed since the last success: each of them counts once. */
  readonly who: Set<number>;
  /** Monotonic ms: when one message may try it again. */
  tryAt: number;
}

/** What failed five times since its last success rests a minute; then one may try it. */
class Rests {
  private readonly failing = new Map<string, Failing>();

  constructor(private readonly monotonicMs: () => number) {}

  /** Of the first after a pause the answer is yes; of those beside it, no. */
  mayTry(name: string): boolean {
    const known = this.failing.get(name);
    if (known === undefined || known.who.size < FAILURES_TO_REST) return true;
    const at = this.monotonicMs();
    if (at < known.tryAt) return false;
    known.tryAt = at + PAUSE_MS;
    return true;
  }

  /** How many rest now, or are about to be tried again. */
  get count(): number {
    return [...this.failing.values()].filter(({ who }) => who.size >= FAILURES_TO_REST).length;
  }

  succeeded(name: string): void {
    this.failing.delete(name);
  }

  /** `who` is null where each failure counts. */
  failed(name: string, who: number | null): void {
    // As good as any: one of a thousand others that fail.
    if (this.failing.size >= MAX_KNOWN && !this.failing.has(name)) this.failing.clear();
    const known = this.failing.get(name) ?? { who: new Set(), tryAt: 0 };
    // It rests already: more names would only take memory.
    if (known.who.size < FAILURES_TO_REST) known.who.add(who ?? known.who.size);
    known.tryAt = this.monotonicMs() + PAUSE_MS;
    this.failing.set(name, known);
  }
}

/** One rendering: whose template, and with whose data. */
export interface Rendering {
  readonly source: string;
  readonly userId: number;
}

/**
 * Remembers what broke its time limit. A template rests when five people in a row broke it, as anybody else would. What
 * breaks it for one person alone is in that person's data: after five times in a row only their messages rest.
 */
export class TemplateBreaker {
  private readonly templates: Rests;
  private readonly people: Rests;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.templates = new Rests(monotonicMs);
    this.people = new Rests(monotonicMs);
  }

  /** Why it is not to be tried now; null where it is. */
  whyNot({ source, userId }: Rendering): string | null {
    if (!this.people.mayTry(personOf({ source, userId }))) return RESTS.person;
    return this.templates.mayTry(source) ? null : RESTS.template;
  }

  /** Templates that rest, those that rest for one person not counted. */
  get resting(): number {
    return this.templates.count;
  }

  ended({ source, userId }: Rendering, { inTime }: { readonly inTime: boolean }): void {
    const person = personOf({ source, userId });
    if (inTime) {
      this.templates.succeeded(source);
      this.people.succeeded(person);
    } else {
      this.templates.failed(source, userId);
      this.people.failed(person, null);
    }
  }
}

function personOf({ source, userId }: Rendering): string {
  return `${source} ${userId}`;
}

const RESTS = {
  template: `the template did not finish in time for ${FAILURES_TO_REST} people in a row, and is tried again a minute later`,
  person: `the template did not finish in time for ${FAILURES_TO_REST} messages in a row to this person, and is tried again for them a minute later`,
};
