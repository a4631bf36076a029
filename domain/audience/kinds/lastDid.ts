// How long ago a person did a custom event for the last time (SG-11).
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { RECENCY_OPERATORS, type RecencyAsked, recencyKind, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(fields({ lastDid: text(255), ...recencyShape }), RECENCY_OPERATORS);

export type LastDidFilter = z.infer<typeof schema>;

export function lastDidAsked({ lastDid, ...recency }: LastDidFilter): RecencyAsked {
  return { eventKind: 'custom', name: lastDid, which: 'last', recency };
}

export const lastDidKind = recencyKind({
  tag: 'lastDid',
  schema,
  asked: lastDidAsked,
  words: (filter) => `last did ${filter.lastDid}`,
});
