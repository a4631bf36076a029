import type { Client } from '@temporalio/client';
import type { ChannelName } from '../domain/channel/index.js';
import type { JsonObject } from '../domain/json.js';
import type { Workspace } from '../domain/workspace.js';
import type { Pool } from '../storage/pool.js';
import type { Clock } from '../telemetry/clock.js';
import type { Admission } from './admission.js';

export interface DrainDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly taskQueue: string;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly workspace: Workspace;
  /** Where people reach Rappel: runs link to its pages. */
  readonly publicUrl: string;
  /** Whether the channel's receiver takes an idempotency key, from the un-rendered content. */
  readonly isKeyed: (channel: ChannelName, content: JsonObject) => boolean;
  /** Told of a row whose subject is gone. */
  readonly onGone: (row: { readonly target: string; readonly kind: string }) => void;
}
