// How many times a person did a custom event, ever or in the last days. SG-20: "exactly 0" and "less than" include those
// who never did.
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import {
  type Counted,
  countedWhere,
  describeInLast,
  describeWhere,
  inLastText,
  needOf,
  tallyOf,
  testsOfWhere,
  withDays,
} from '../counted.js';
import type { FilterKind } from '../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const schema = withDays(
  withOperator(
    fields({ eventCount: text(255), ...countOperatorShape, inLast: inLastText.optional(), where: countedWhere }),
    Object.keys(countOperatorShape),
  ),
);

export type EventCountFilter = z.infer<typeof schema>;

/** What it counts. */
export function countedEvents({ eventCount, inLast, where }: EventCountFilter): Counted {
  return { eventKind: 'custom', name: eventCount, inLast, where: testsOfWhere(where) };
}

export const eventCountKind: FilterKind<'eventCount', EventCountFilter> = {
  tag: 'eventCount',
  schema,
  needs: (filter) => [needOf(countedEvents(filter))],
  evaluate: (filter, facts, askedAt) => {
    const value = tallyOf(countedEvents(filter), facts, askedAt).count;
    return { pass: passesNumberOperators(filter, value), value };
  },
  describe: (filter) => {
    const what = `${filter.eventCount}${describeWhere(testsOfWhere(filter.where))}`;
    return `number of ${what}${describeInLast(filter.inLast)} ${describeNumberOperators(filter)}`;
  },
};
