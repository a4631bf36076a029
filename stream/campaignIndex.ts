/**
 * The active campaigns of this process, compiled and indexed by what they listen to. Kept until the revision read
 * under the lock differs; then index and revision are reloaded in one statement on the same connection.
 */
import type { Campaign } from '../domain/campaign/campaign.js';
import { indexListeners, type Listeners } from '../domain/decision/step.js';
import type { Circle } from '../domain/location/circle.js';
import type { Queryable } from '../storage/pool.js';
import { type BrokenCampaign, loadActiveCampaigns } from '../storage/queries/loadActiveCampaigns.js';
import { loadCircles } from '../storage/queries/locations.js';

export interface CampaignIndex extends Listeners {
  readonly revision: number;
  readonly byId: ReadonlyMap<number, Campaign>;
  /** As of this revision or a newer one. */
  readonly circles: readonly Circle[];
}

export interface CampaignIndexCache {
  /** The index at the revision just read under the lock, or a newer one. */
  at(tx: Queryable, revision: number): Promise<CampaignIndex>;
  /** What this process knows, perhaps no longer true: for whoever finds out by the revision. */
  latest(db: Queryable): Promise<CampaignIndex>;
  /** Reads it again. */
  reload(db: Queryable): Promise<CampaignIndex>;
}

/** `onBroken`: told of each campaign whose stored definition does not compile, at every reload. */
export function createCampaignIndexCache(
  onBroken: (broken: BrokenCampaign) => void = () => undefined,
): CampaignIndexCache {
  let current: CampaignIndex | null = null;
  const cache: CampaignIndexCache = {
    async at(tx, revision) {
      return current?.revision === revision ? current : await cache.reload(tx);
    },
    async latest(db) {
      return current ?? (await cache.reload(db));
    },
    async reload(tx) {
      const loaded = await loadActiveCampaigns(tx);
      loaded.broken.forEach(onBroken);
      const index: CampaignIndex = {
        revision: loaded.revision,
        circles: await loadCircles(tx),
        byId: new Map(loaded.campaigns.map((campaign) => [campaign.id, campaign])),
        ...indexListeners(loaded.campaigns),
      };
      // A slower transaction must not put back an index older than the one another has loaded meanwhile.
      if (current === null || current.revision < index.revision) current = index;
      return index;
    },
  };
  return cache;
}
