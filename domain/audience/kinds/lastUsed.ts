// How long ago a person's latest session began (SG-10).
import type { z } from 'zod';
import { fields } from '../../schema/fields.js';
import { RECENCY_OPERATORS, type RecencyAsked, recencyKind, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = fields({ lastUsed: withOperator(fields(recencyShape), RECENCY_OPERATORS) });

export type LastUsedFilter = z.infer<typeof schema>;

export function lastUsedAsked({ lastUsed }: LastUsedFilter): RecencyAsked {
  return { eventKind: 'session', name: '', which: 'last', recency: lastUsed };
}

export const lastUsedKind = recencyKind({ tag: 'lastUsed', schema, asked: lastUsedAsked, words: () => 'last used' });
