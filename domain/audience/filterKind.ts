// What every kind of filter declares: how it is written, what must be loaded, whether a person passes, and its words.
// The value it saw goes into evidence, so that "why not" can be answered later.
import type { z } from 'zod';
import type { FactNeed, UserFacts } from '../facts/userFacts.js';
import type { Json } from '../json.js';
import type { AskedAt } from './askedAt.js';

export interface LeafResult {
  readonly pass: boolean;
  readonly value: Json;
}

export interface FilterKind<Tag extends string, F extends object> {
  /** The field that tells this kind from the others; it is the first one an operator writes. */
  readonly tag: Tag;
  readonly schema: z.ZodType<F>;
  needs(filter: F): readonly FactNeed[];
  evaluate(filter: F, facts: UserFacts, askedAt: AskedAt): LeafResult;
  describe(filter: F): string;
}
