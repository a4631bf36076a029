import type { Pool } from '../../storage/pool.js';
import type { Catalogue } from '../../stream/catalogue/catalogue.js';
import type { StreamDeps } from '../../stream/streamDeps.js';
import type { Clock } from '../../telemetry/clock.js';
import type { ProgressDeps } from './progress.js';

export interface ImportDeps {
  readonly pool: Pool;
  readonly stream: StreamDeps;
  readonly clock: Clock;
  readonly catalogue: Catalogue | null;
  readonly print: (line: string) => void;
  readonly progress: ProgressDeps;
}
