// How long ago a person's first session began (SG-10).
import type { z } from 'zod';
import { fields } from '../../schema/fields.js';
import { RECENCY_OPERATORS, type RecencyAsked, recencyKind, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = fields({ firstUsed: withOperator(fields(recencyShape), RECENCY_OPERATORS) });

export type FirstUsedFilter = z.infer<typeof schema>;

export function firstUsedAsked({ firstUsed }: FirstUsedFilter): RecencyAsked {
  return { eventKind: 'session', name: '', which: 'first', recency: firstUsed };
}

export const firstUsedKind = recencyKind({
  tag: 'firstUsed',
  schema,
  asked: firstUsedAsked,
  words: () => 'first used',
});
