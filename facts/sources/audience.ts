import type { FactNeed } from '../../domain/facts/userFacts.js';

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
