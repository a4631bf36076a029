// What people and audiences at random are made of.
import fc from 'fast-check';
import type { AskedAt } from '../../../domain/audience/askedAt.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';

export const NOW = Date.parse('2025-03-06T16:45:00Z');
export const DAY_MS = 86_400_000;

/** A zone whose clocks change. */
export const WORKSPACE_ZONE = 'America/New_York';

export const ASKED_AT: AskedAt = {
  now: NOW,
  workspace: { ...DEFAULT_WORKSPACE, timeZone: WORKSPACE_ZONE },
  isLocalTime: false,
};

export const length = fc.constantFrom('0 seconds', '1 day', '2 weeks', '30 days');
export const offset = fc.constantFrom('2025-03-05T16:45:00Z', '2025-01-01T00:00+01:00');
/** With an offset, or by the clock of the workspace. */
export const absolute = fc.oneof(offset, fc.constantFrom('2025-03-05', '2025-03-05T11:45', '2024-11-03T01:30'));

export type Operators = Readonly<Record<string, fc.Arbitrary<unknown>>>;

export function someOf(
  base: Record<string, fc.Arbitrary<unknown>>,
  operators: Operators,
): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .subarray(Object.entries(operators), { minLength: 1, maxLength: 2 })
    .chain((chosen) => fc.record({ ...base, ...Object.fromEntries(chosen) }));
}

export const recency = { moreThan: length, lessThan: length, before: absolute, after: absolute };
