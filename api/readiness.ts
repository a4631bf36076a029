/**
 * Whether this process can serve: the database answers, is migrated, has partitions ahead, takes writes, and agrees with this
 * process about the time. As nothing limits probes, they must not be a way to flood the database: those that come together
 * share one look, and a look at most every 10 s writes.
 */
import { types } from 'node:util';
import { checkReadiness, type Readiness } from '../storage/queries/operations/checkReadiness.js';
import { probeWrites } from '../storage/queries/operations/probeWrites.js';
import { type Clock, systemClock } from '../telemetry/clock.js';
import type { ApiDeps } from './deps.js';
import { within } from './middleware/within.js';

const PARTITION_MARGIN_MS = 7 * 86_400_000;
const DEADLINE_MS = 1_500;
const WRITE_EVERY_MS = 10_000;
/** Due instants are computed here and compared there. */
const MOST_OFF_MS = 5_000;

type Deps = Pick<ApiDeps, 'pool' | 'clock'>;

/** Null: it can. `wallClock` is this machine's, `deps.clock` the workspace's. */
export function createReadiness(deps: Deps, wallClock: Clock = systemClock): () => Promise<string | null> {
  const writes = lastWrite(deps);
  let underWay: Promise<string | null> | null = null;
  const look = async () => {
    const ahead = (await deps.clock()) + PARTITION_MARGIN_MS;
    const askedAt = await wallClock();
    const found = await checkReadiness(deps.pool, ahead);
    const off = offBy(found.database_now, { from: askedAt, to: await wallClock() });
    return unreadyReason(found) ?? clockReason(off) ?? (await writes());
  };
  return () => {
    underWay ??= look().finally(() => {
      underWay = null;
    });
    return within(DEADLINE_MS, underWay);
  };
}

function unreadyReason({ is_migrated, has_event_partition, has_rejection_partition }: Readiness): string | null {
  if (!is_migrated) return 'The database is not migrated.';
  if (!has_event_partition) return 'The partitions of events end in less than 7 days.';
  return has_rejection_partition ? null : 'The partitions of rejections end in less than 7 days.';
}

/** The database read its clock between two readings of ours: an answer that was slow to come is no difference. */
function offBy(there: number, { from, to }: { readonly from: number; readonly to: number }): number {
  if (there < from) return from - there;
  return there > to ? to - there : 0;
}

function clockReason(off: number): string | null {
  if (Math.abs(off) < MOST_OFF_MS) return null;
  const seconds = Math.floor(Math.abs(off) / 1_000);
  return `The clock of this process is ${seconds} s ${off > 0 ? 'ahead of' : 'behind'} the database's: synchronise both.`;
}

/** What the last write came to, made again when it is old. */
function lastWrite({ pool }: Deps): () => Promise<string | null> {
  let result: { readonly at: number; readonly reason: string | null } | null = null;
  return async () => {
    const now = performance.now();
    if (result !== null && now - result.at < WRITE_EVERY_MS) return result.reason;
    const reason = await probeWrites(pool).then(() => null, writeReason);
    result = { at: now, reason };
    return reason;
  };
}

function writeReason(error: unknown): string {
  const code = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
  if (code === '53100') return 'The disk of the database is full: nothing can be recorded.';
  if (code === '25006') return 'The database is read-only: nothing can be recorded.';
  return `The database takes no writes${/^[A-Z0-9]{5}$/.test(code) ? ` (${code})` : ''}.`;
}
