import { hashApiKey, isSameKey, prefixOf } from '../../domain/apiKey.js';
import type { Pool } from '../../storage/pool.js';
import { findApiKey, type StoredApiKey } from '../../storage/queries/operations/findApiKey.js';
import { within } from './within.js';

/**
 * Asks the database for keys, and no more often for those that nobody has than `Strangers` allows. That a key was good
 * is remembered only to let it ask again: a revoked key is refused from the next request on.
 */
export interface Strangers {
  /** One whose key is not known yet, or is not good; throws when it is one too many. */
  count(): void;
  /** It was known after all. */
  giveBack(): void;
}

export type Lookup = { readonly kind: 'found'; readonly key: StoredApiKey } | { readonly kind: 'unknown' | 'revoked' };

/** How long the first statement of a request may wait for a database before the answer is 503. */
const DATABASE_DEADLINE_MS = 1_200;
/** Keys in use at a time, which an installation hardly has; 100 bytes each. */
const MOST_REMEMBERED = 10_000;

export class KeyLookups {
  /** By the hash of the whole key: its prefix alone is no secret. In the order of their last use. */
  private readonly good = new Set<string>();
  private readonly underWay = new Map<string, Promise<Lookup>>();

  constructor(private readonly pool: Pool) {}

  /** `key`: of the form of a key. Requests that come together, as those of a busy backend do, share one statement. */
  async find(key: string, strangers: Strangers): Promise<Lookup> {
    const name = hashApiKey(key).toString('base64');
    const shared = this.underWay.get(name);
    const isCounted = shared === undefined && !this.good.has(name);
    if (isCounted) strangers.count();
    const lookup = await within(DATABASE_DEADLINE_MS, shared ?? this.ask(name, key));
    this.remember(name, lookup.kind === 'found');
    if (lookup.kind === 'found' && isCounted) strangers.giveBack();
    if (lookup.kind !== 'found' && !isCounted) strangers.count();
    return lookup;
  }

  private ask(name: string, key: string): Promise<Lookup> {
    const started = this.look(key).finally(() => this.underWay.delete(name));
    this.underWay.set(name, started);
    return started;
  }

  private async look(key: string): Promise<Lookup> {
    const prefix = prefixOf(key);
    const stored = prefix === null ? null : await findApiKey(this.pool, prefix);
    if (stored === null || !isSameKey(key, stored.hash)) return { kind: 'unknown' };
    return stored.revokedAt === null ? { kind: 'found', key: stored } : { kind: 'revoked' };
  }

  private remember(name: string, isGood: boolean): void {
    this.good.delete(name);
    if (!isGood) return;
    this.good.add(name);
    const [longestUnused] = this.good;
    if (this.good.size > MOST_REMEMBERED && longestUnused !== undefined) this.good.delete(longestUnused);
  }
}
