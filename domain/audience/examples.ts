import { DEFAULT_WORKSPACE } from '../workspace.js';
import type { AskedAt } from './askedAt.js';

/** For tests: an instant by UTC, or by the clock of another zone. */
export function askedAt(now: number, { zone = 'UTC', isLocalTime = false } = {}): AskedAt {
  return { now, workspace: { ...DEFAULT_WORKSPACE, timeZone: zone }, isLocalTime };
}
