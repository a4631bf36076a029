import type { Receivers } from '../activities/holding/receivers.js';
import type { Config } from '../config/config.js';
import type { Pool } from '../storage/pool.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Templates } from '../templates/templates.js';

/** What a worker is made of. */
export interface WorkerDeps {
  readonly config: Config;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly templates: Templates;
  readonly receivers: Receivers;
}
