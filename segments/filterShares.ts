/** How many people pass each filter of an audience: alone, and where it stands. Asked of people drawn at random. */
import { evaluateFilter, type Filter } from '../domain/audience/filter.js';
import type { UserFacts } from '../domain/facts/userFacts.js';
import type { Pool } from '../storage/pool.js';
import { countPeople } from '../storage/queries/people/everybody.js';
import { draw } from './audienceSize.js';
import { withinTime } from './counting.js';
import { loadPeople } from './people.js';

const AT_ONCE = 100;
const WITHIN_MS = 10_000;

export interface FilterShare {
  /** In words. */
  readonly filter: string;
  /** How many people pass it. */
  readonly alone: number;
  /** Of those who pass what stands before it in the groups `all` around it, how many pass it. */
  readonly here: number;
}

export interface FilterShares {
  /** In the order of writing. */
  readonly filters: readonly FilterShare[];
  /** How many people were drawn; null: everybody was asked. */
  readonly drawn: number | null;
}

/** Null: not made in time. */
export async function filterShares(pool: Pool, filter: Filter, now: number): Promise<FilterShares | null> {
  return await withinTime(pool, WITHIN_MS, async (tx) => {
    const of = await countPeople(tx);
    const drawn = await draw(tx, of);
    const tally = new Tally(now);
    for (let from = 0; from < drawn.length; from += AT_ONCE) {
      const people = await loadPeople(tx, filter, { now, userIds: drawn.slice(from, from + AT_ONCE) });
      for (const facts of people) tally.add(filter, facts);
    }
    const whole = (count: number) => (drawn.length === 0 ? 0 : Math.round((of * count) / drawn.length));
    const filters = tally.filters.map((share) => ({ ...share, alone: whole(share.alone), here: whole(share.here) }));
    return { filters, drawn: drawn.length < of ? drawn.length : null };
  });
}

class Tally {
  readonly filters: { readonly filter: string; alone: number; here: number }[] = [];
  private next = 0;

  constructor(private readonly now: number) {}

  add(filter: Filter, facts: UserFacts): void {
    this.next = 0;
    this.walk(filter, facts, true);
  }

  /** Whether the person passes; `isHere`: whether they passed what stands before. */
  private walk(filter: Filter, facts: UserFacts, isHere: boolean): boolean {
    if ('all' in filter) {
      let passed = true;
      for (const child of filter.all) {
        const passes = this.walk(child, facts, isHere && passed);
        passed &&= passes;
      }
      return passed;
    }
    const below = (filters: readonly Filter[]) => filters.map((child) => this.walk(child, facts, isHere));
    if ('any' in filter) return below(filter.any).includes(true);
    if ('none' in filter) return !below(filter.none).includes(true);
    if ('not' in filter) return !this.walk(filter.not, facts, isHere);
    const { pass, seen } = evaluateFilter(filter, facts, this.now);
    const known = this.filters[this.next] ?? { filter: seen[0]?.filter ?? '', alone: 0, here: 0 };
    this.filters[this.next] = known;
    this.next += 1;
    if (pass) known.alone += 1;
    if (pass && isHere) known.here += 1;
    return pass;
  }
}
