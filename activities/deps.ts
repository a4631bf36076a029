import type { Channels } from '../channels/channel.js';
import type { Workspace } from '../domain/workspace.js';
import type { Pool } from '../storage/pool.js';
import type { Delivery } from '../storage/queries/messages/selectDelivery.js';
import type { CampaignIndexCache } from '../stream/campaignIndex.js';
import type { Clock } from '../telemetry/clock.js';
import type { Templates } from '../templates/templates.js';
import type { Decide } from './deciding/deciding.js';
import type { Receivers } from './holding/receivers.js';
import type { Turns } from './holding/turns.js';

export interface ActivityDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly workspace: Workspace;
  /** What this process knows of who listens to receipts and exceptions. */
  readonly campaigns: CampaignIndexCache;
  readonly channels: Channels;
  /** Shares of this worker by who receives. */
  readonly receivers: Receivers;
  /** Of those that the installation lacks something for. */
  readonly turns: Turns;
  readonly templates: Templates;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly observe: DeliveryObserver;
  /** Decides an attempt under the person's lock, with others that come at the same time. */
  readonly decide: Decide;
}

/** What deciding needs of them. */
export type DecidingDeps = Omit<ActivityDeps, 'decide'>;

/** What telemetry hears of a delivery: internal ids, reasons and durations only. */
export interface DeliveryObserver {
  ended(ended: About & { readonly outcome: string; readonly reason: string }): void;
  sent(sent: About & { readonly channel: string; readonly lateMs: number }): void;
  /** An attempt begins. */
  began(pairingId: number): void;
  /** Something an operator should know of: a suspended channel, a parked pairing, a message sent again. */
  warned(
    warning: About & {
      readonly what: string;
      readonly code: string;
      /** Of our own making; may quote a row. */
      readonly error?: unknown;
    },
  ): void;
}

/** Whose delivery it is, as log lines name it. */
export interface About {
  readonly pairingId: number;
  /** The campaign's key; null where it is not known yet. */
  readonly campaign: string | null;
  /** Rappel's own id of the person. */
  readonly userId: number | null;
}

export function about({ pairingId, campaign, userId }: Delivery): About {
  return { pairingId, campaign: campaign.key, userId };
}
