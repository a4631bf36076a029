/**
 * Group commit: what comes while others are being committed shares the next transaction. Each keeps its own answer, and one
 * that fails takes no other with it. A lone one is committed at once, alone.
 */
import { isDatabaseUnavailable, isLockTimeout } from './unavailable.js';

export interface GroupCommitOptions<Item, Result> {
  /** Transactions under way at a time: with more, little would be shared. */
  readonly lanes: number;
  /** What is committed next, of what waits, oldest first; an empty batch: nothing can be now. */
  take<Q extends Queued<Item>>(queue: readonly Q[], underWay: readonly (readonly Q[])[]): Taken<Q>;
  /** Whether `later` must not be committed before `earlier`, where each of a failed batch is tried by itself; else none waits. */
  follows?(later: Item, earlier: Item): boolean;
  /** One transaction; an answer for each of the batch, in its order. */
  commit(batch: readonly Item[]): Promise<readonly Result[]>;
}

export interface Queued<Item> {
  readonly item: Item;
}

export interface Taken<Q> {
  readonly batch: readonly Q[];
  readonly rest: Q[];
}

interface Waiting<Item, Result> extends Queued<Item> {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** One that takes longer (somebody holds a person's lock) holds nobody else up: it no longer counts as a lane. */
const SLOW_AFTER_MS = 50;
/** A person who is locked for longer holds up those who ask for them, and not whoever shares the transaction. */
export const SHARED_LOCK_TIMEOUT_MS = 250;

/** Answers a function that resolves once committed, and rejects when nothing of this one was. */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  type Batch = readonly Waiting<Item, Result>[];
  let queue: Waiting<Item, Result>[] = [];
  const underWay = new Set<Batch>();
  let isOpening = false;

  /** At the end of this turn of the event loop, so that all which were read in one turn share a transaction. */
  function openSoon(): void {
    if (isOpening) return;
    isOpening = true;
    setImmediate(() => {
      isOpening = false;
      open();
    });
  }

  function open(): void {
    while (underWay.size < options.lanes && queue.length > 0) {
      const { batch, rest } = options.take(queue, [...underWay]);
      if (batch.length === 0) return;
      queue = rest;
      void runLane(batch);
    }
  }

  async function runLane(batch: Batch): Promise<void> {
    underWay.add(batch);
    const release = () => {
      if (underWay.delete(batch)) openSoon();
    };
    const timer = setTimeout(release, SLOW_AFTER_MS);
    await commit(batch);
    clearTimeout(timer);
    release();
  }

  async function commit(batch: Batch): Promise<void> {
    try {
      const results = await options.commit(batch.map(({ item }) => item));
      for (const [position, result] of results.entries()) batch[position]?.resolve(result);
    } catch (error) {
      // Whose fault it was is not known: each is tried by itself, unless nobody could succeed now.
      if (batch.length > 1 && (isLockTimeout(error) || !isDatabaseUnavailable(error))) await commitEach(batch);
      else for (const { reject } of batch) reject(error);
    }
  }

  async function commitEach(batch: Batch): Promise<void> {
    const committed: Promise<void>[] = [];
    for (const each of batch) {
      const earlier = committed.filter((_, at) => {
        const other = batch[at];
        return other !== undefined && options.follows?.(each.item, other.item) === true;
      });
      committed.push(Promise.all(earlier).then(() => commit([each])));
    }
    await Promise.all(committed);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      openSoon();
    });
}
