// How many purchases a person made, ever or in the last days: of one product, or `any`. A purchase of quantity 3 counts
// three (UT-07).
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
    fields({ purchaseCount: text(255), ...countOperatorShape, inLast: inLastText.optional(), where: countedWhere }),
    Object.keys(countOperatorShape),
  ),
);

export type PurchaseCountFilter = z.infer<typeof schema>;

/** What it counts. */
export function countedPurchases(filter: PurchaseCountFilter): Counted {
  const name = filter.purchaseCount === 'any' ? '' : filter.purchaseCount;
  return { eventKind: 'purchase', name, inLast: filter.inLast, where: testsOfWhere(filter.where) };
}

export const purchaseCountKind: FilterKind<'purchaseCount', PurchaseCountFilter> = {
  tag: 'purchaseCount',
  schema,
  needs: (filter) => [needOf(countedPurchases(filter))],
  evaluate: (filter, facts, askedAt) => {
    const value = tallyOf(countedPurchases(filter), facts, askedAt).count;
    return { pass: passesNumberOperators(filter, value), value };
  },
  describe: (filter) => {
    const what = filter.purchaseCount === 'any' ? 'purchases' : `purchases of ${filter.purchaseCount}`;
    const which = `${what}${describeWhere(testsOfWhere(filter.where))}`;
    return `number of ${which}${describeInLast(filter.inLast)} ${describeNumberOperators(filter)}`;
  },
};
