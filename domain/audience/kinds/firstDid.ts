// How long ago a person did a custom event for the first time (SG-11).
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { RECENCY_OPERATORS, type RecencyAsked, recencyKind, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(fields({ firstDid: text(255), ...recencyShape }), RECENCY_OPERATORS);

export type FirstDidFilter = z.infer<typeof schema>;

export function firstDidAsked({ firstDid, ...recency }: FirstDidFilter): RecencyAsked {
  return { eventKind: 'custom', name: firstDid, which: 'first', recency };
}

export const firstDidKind = recencyKind({
  tag: 'firstDid',
  schema,
  asked: firstDidAsked,
  words: (filter) => `first did ${filter.firstDid}`,
});
