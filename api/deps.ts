import type { CheckContent } from '../domain/campaign/checks/contentFindings.js';
import type { PairingIdentity } from '../domain/ids.js';
import type { SecretCipher } from '../domain/secret/secretCipher.js';
import type { Pool } from '../storage/pool.js';
import type { Catalogue } from '../stream/catalogue/catalogue.js';
import type { StreamDeps } from '../stream/streamDeps.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Templates } from '../templates/templates.js';
import type { PageSession } from './middleware/ownPage.js';
import type { Refusals } from './middleware/refusals.js';

/** Everything `createApp` needs, given once by the composition root. */
export interface ApiDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly stream: StreamDeps;
  readonly templates: Templates;
  readonly checkContent: CheckContent;
  /** Null: RAPPEL_SECRET_KEYS is not set. */
  readonly secrets: SecretCipher | null;
  readonly logger: Logger;
  /** Of its own unless given: whoever gives it tells what is left at the end. */
  readonly refusals?: Refusals;
  readonly metrics: Metrics;
  /** Null: names are not gathered. */
  readonly catalogue: Catalogue | null;
  /** Called after a commit that wrote to the outbox: its drain need not wait for its next look. */
  readonly wakeOutbox: () => void;
  readonly links: Links;
  /** Lets a browser that has opened the printed link use the pages without a key; null but in the embedded set-up. */
  readonly devAccess: DevAccess | null;
  /** Addresses and ranges of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

export interface Links {
  readonly inboxUrl: string | null;
  readonly temporalUiUrl: string | null;
  /** The page of one pairing's run in the Temporal UI. */
  workflowUrl(pairing: PairingIdentity): string | null;
  /** The list of those who wait in a campaign, in the Temporal UI. */
  waitingUrl(campaignKey: string): string | null;
}

export interface DevAccess {
  /** Requests of the pages act as this key. */
  readonly apiKeyId: number;
  readonly session: PageSession;
}
