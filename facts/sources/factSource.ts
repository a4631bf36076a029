import type { SqlParameters } from '../sqlParameters.js';

/**
 * One kind of fact: what is asked of it (a part of `Asked`), and how PostgreSQL answers. A source has no statement of its own:
 * `loadFacts` makes one of all that are asked.
 */
export interface FactSource<Asked> {
  /** The `fact` of its rows. */
  readonly kind: string;
  /**
   * A select of `fact, user_id, body` and, of what comes in pages, `found, bytes`; null where nothing is asked. Its text
   * depends on nothing but whether it is asked: what is asked are parameters, so that a statement is prepared once.
   */
  sql(asked: Asked, parameters: SqlParameters): string | null;
}

/** For sources whose rows do not come in pages. */
export const NO_PAGE = 'null::bigint as found, null::bigint as bytes';

/** An instant as the domain has it, in epoch ms. */
export function epochMs(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::bigint`;
}
