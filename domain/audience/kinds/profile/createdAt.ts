// When a person's profile was created (SG-15).
import type { z } from 'zod';
import { fields } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';
import { describeRecency, passesRecency, RECENCY_OPERATORS, recencyShape } from '../../recency.js';
import { withOperator } from '../../withOperator.js';

const schema = fields({ createdAt: withOperator(fields(recencyShape), RECENCY_OPERATORS) });

export type CreatedAtFilter = z.infer<typeof schema>;

export const createdAtKind: FilterKind<'createdAt', CreatedAtFilter> = {
  tag: 'createdAt',
  schema,
  needs: () => [],
  evaluate: (filter, { profile }, askedAt) => {
    const value = profile.createdAt;
    return { pass: value !== null && passesRecency(filter.createdAt, Date.parse(value), askedAt), value };
  },
  describe: ({ createdAt }) => `profile created ${describeRecency(createdAt)}`,
};
