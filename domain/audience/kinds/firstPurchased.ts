// How long ago a person made the first purchase, of one product or of `any` (SG-11).
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { RECENCY_OPERATORS, type RecencyAsked, recencyKind, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(fields({ firstPurchased: text(255), ...recencyShape }), RECENCY_OPERATORS);

export type FirstPurchasedFilter = z.infer<typeof schema>;

export function firstPurchasedAsked({ firstPurchased, ...recency }: FirstPurchasedFilter): RecencyAsked {
  return { eventKind: 'purchase', name: firstPurchased === 'any' ? '' : firstPurchased, which: 'first', recency };
}

export const firstPurchasedKind = recencyKind({
  tag: 'firstPurchased',
  schema,
  asked: firstPurchasedAsked,
  words: (filter) => `first purchased ${filter.firstPurchased === 'any' ? 'anything' : filter.firstPurchased}`,
});
