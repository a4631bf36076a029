/** How many people pass each filter of an audience: alone, and where it stands. Asked of people drawn at random. */
import type { AskedAt } from '../domain/audience/askedAt.js';
import { checkLeaf } from '../domain/audience/checkFilter.js';
import type { Filter } from '../domain/audience/filter.js';
import type { UserFacts } from '../domain/facts/userFacts.js';
import type { Pool } from '../storage/pool.js';
import { countPeople } from '../storage/queries/people/everybody.js';
import { draw } from './audienceSize.js';
import { withinTime } from './counting.js';
import { eachPerson } from './people.js';

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
export async function filterShares(pool: Pool, filter: Filter, askedAt: AskedAt): Promise<FilterShares | null> {
  return await withinTime(pool, WITHIN_MS, async (tx) => {
    const of = await countPeople(tx);
    const drawn = await draw(tx, of);
    const tally = new Tally(askedAt);
    const asked = { ...askedAt, candidates: drawn, deadline: performance.now() + WITHIN_MS };
    const isOver = await eachPerson(tx, filter, asked, (facts) => tally.add(filter, facts));
    if (isOver) return null;
    const whole = (count: number) => (drawn.length === 0 ? 0 : Math.round((of * count) / drawn.length));
    const filters = tally.filters.map((share) => ({ ...share, alone: whole(share.alone), here: whole(share.here) }));
    return { filters, drawn: drawn.length < of ? drawn.length : null };
  });
}

class Tally {
  readonly filters: { readonly filter: string; alone: number; here: number }[] = [];
  private next = 0;

  constructor(private readonly askedAt: AskedAt) {}

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
    const { pass, filter: words } = checkLeaf(filter, facts, this.askedAt);
    const known = this.filters[this.next] ?? { filter: words, alone: 0, here: 0 };
    this.filters[this.next] = known;
    this.next += 1;
    if (pass) known.alone += 1;
    if (pass && isHere) known.here += 1;
    return pass;
  }
}
