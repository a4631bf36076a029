// How long ago a person made the last purchase, of one product or of `any` (SG-11).
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { RECENCY_OPERATORS, type RecencyAsked, recencyKind, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(fields({ lastPurchased: text(255), ...recencyShape }), RECENCY_OPERATORS);

export type LastPurchasedFilter = z.infer<typeof schema>;

export function lastPurchasedAsked({ lastPurchased, ...recency }: LastPurchasedFilter): RecencyAsked {
  return { eventKind: 'purchase', name: lastPurchased === 'any' ? '' : lastPurchased, which: 'last', recency };
}

export const lastPurchasedKind = recencyKind({
  tag: 'lastPurchased',
  schema,
  asked: lastPurchasedAsked,
  words: (filter) => `last purchased ${filter.lastPurchased === 'any' ? 'anything' : filter.lastPurchased}`,
});
