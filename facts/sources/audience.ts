import type { Counter } from '../../domain/facts/counters.js';
import { startOfLastDays } from '../../domain/facts/recentDays.js';
import type { FactNeed } from '../../domain/facts/userFacts.js';
import { instant } from '../../storage/pool.js';
import type { SqlParameters } from '../sqlParameters.js';

/** What the sources of facts that audiences read are asked: each takes the needs of its own kind. */
export interface AudienceAsked {
  readonly audience?: {
    readonly userIds: readonly number[];
    readonly needs: readonly FactNeed[];
    /** The earliest instant that an audience is evaluated for. */
    readonly at: number;
    /** Recent days count as if it were this instant; absent: everything recorded. */
    readonly receivedBefore?: number;
  };
}

/** The counters that are asked for, as lists side by side. */
export function countersToSql(needs: readonly Counter[], parameters: SqlParameters) {
  return {
    kinds: parameters.add(
      needs.map(({ eventKind }) => eventKind),
      'text[]',
    ),
    names: parameters.add(
      needs.map(({ name }) => name),
      'text[]',
    ),
  };
}

/** The same of the last days: from when on each counts, the earliest of these instants, and the end (null: none). */
export function daysToSql(
  { at, receivedBefore }: NonNullable<AudienceAsked['audience']>,
  needs: readonly (Counter & { readonly days: number })[],
  parameters: SqlParameters,
) {
  const since = needs.map(({ days }) => startOfLastDays(days, at));
  return {
    ...countersToSql(needs, parameters),
    starts: parameters.add(since.map(instant), 'timestamptz[]'),
    earliest: parameters.add(instant(Math.min(...since)), 'timestamptz'),
    end: parameters.add(receivedBefore === undefined ? null : instant(receivedBefore), 'timestamptz'),
  };
}
