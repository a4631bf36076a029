// How many times a person did a custom event, ever. SG-20: "exactly 0" and "less than" include those who never did.
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { totalKey } from '../facts.js';
import type { FilterKind } from '../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(fields({ eventCount: text(255), ...countOperatorShape }), Object.keys(countOperatorShape));

export type EventCountFilter = z.infer<typeof schema>;

export const eventCountKind: FilterKind<'eventCount', EventCountFilter> = {
  tag: 'eventCount',
  schema,
  needs: (filter) => [{ kind: 'total', eventKind: 'custom', name: filter.eventCount }],
  evaluate: (filter, facts) => {
    const value = facts.totals.get(totalKey('custom', filter.eventCount))?.count ?? 0;
    return { pass: passesNumberOperators(filter, value), value };
  },
  describe: (filter) => `number of ${filter.eventCount} ${describeNumberOperators(filter)}`,
};
