/**
 * The active campaigns of this process, compiled and indexed by what they listen to. Kept until a transaction reads a
 * newer revision under a lock: that transaction is rolled back, what changed is read, and it is run again. So nobody
 * waits for a person's lock while campaigns are read and compiled, and each process reads a change once.
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { ListenerIndex } from '../domain/decision/listeners.js';
import type { Circle } from '../domain/location/circle.js';
import type { Queryable } from '../storage/pool.js';
import { type BrokenCampaign, loadChangedCampaigns } from '../storage/queries/campaigns/loadChangedCampaigns.js';
import { loadCircles } from '../storage/queries/events/locations.js';
import { SerializationFailure } from '../storage/withTransaction.js';

export interface CampaignIndex {
  readonly revision: number;
  readonly listeners: ListenerIndex;
  /** The contents of their messages are empty: what is sent is read when it is sent. */
  readonly byId: ReadonlyMap<number, Campaign>;
  /** As of this revision or a newer one. */
  readonly circles: readonly Circle[];
}

export interface CampaignIndexCache {
  /**
   * The index at the revision just read under the lock, or a newer one. Throws where this process knows an older one:
   * `withTransaction` then reads what changed and runs the transaction again.
   */
  at(revision: number): CampaignIndex;
  /** What this process knows, perhaps no longer true: for whoever finds out by the revision. */
  latest(db: Queryable): Promise<CampaignIndex>;
  /** Reads what changed, once for all who ask meanwhile. */
  reload(db: Queryable): Promise<CampaignIndex>;
}

/** `onBroken`: told of each campaign whose stored definition does not compile, when it has changed. */
export function createCampaignIndexCache(
  onBroken: (broken: BrokenCampaign) => void = () => undefined,
): CampaignIndexCache {
  let current: CampaignIndex | null = null;
  let underWay: Promise<CampaignIndex> | null = null;

  async function load(db: Queryable): Promise<CampaignIndex> {
    const changed = await loadChangedCampaigns(db, current?.revision ?? null);
    changed.broken.forEach(onBroken);
    const byId = new Map(current?.byId);
    for (const id of changed.silent) byId.delete(id);
    for (const campaign of changed.active) byId.set(campaign.id, campaign);
    const listeners = new ListenerIndex([...byId.values()].sort((a, b) => a.id - b.id));
    const index = { revision: changed.revision, circles: await loadCircles(db), byId, listeners };
    current = index;
    return index;
  }

  const cache: CampaignIndexCache = {
    at(revision) {
      if (current === null || current.revision < revision)
        throw new SerializationFailure('the campaigns have changed', async (pool) => {
          await cache.reload(pool);
        });
      return current;
    },
    async latest(db) {
      return current ?? (await cache.reload(db));
    },
    async reload(db) {
      // One that began before what is asked for was committed may not see it: whoever needs it asks again.
      underWay ??= load(db).finally(() => {
        underWay = null;
      });
      return underWay;
    },
  };
  return cache;
}
