import type { SqlParameters } from '../sqlParameters.js';

/** Everybody who passes and perhaps more, or only who surely passes: a `not` turns one into the other. */
export type Bound = 'atLeast' | 'atMost';

export interface SqlContext {
  readonly now: number;
  readonly parameters: SqlParameters;
  readonly bound: Bound;
}
