import type { AskedAt } from '../../domain/audience/askedAt.js';
import type { SqlParameters } from '../sqlParameters.js';

/** Everybody who passes and perhaps more, or only who surely passes: a `not` turns one into the other. */
export type Bound = 'atLeast' | 'atMost';

export interface SqlContext extends AskedAt {
  readonly parameters: SqlParameters;
  readonly bound: Bound;
  /** The placeholder of the ids of those who are asked about; null: everybody. */
  readonly candidates: string | null;
  /** Called where SQL keeps more people than pass. */
  readonly onInexact: () => void;
}

/** Of a page of candidates a table is asked about one after the other, the person `u`; else about everybody. */
export function ofPerson(column: string, { candidates }: Pick<SqlContext, 'candidates'>): readonly string[] {
  return candidates === null ? [] : [`${column} = u.id`];
}
