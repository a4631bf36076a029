// How many purchases a person made, ever or in the last days: of one product, or `any`. A purchase of quantity 3 counts
// three (UT-07).
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { type Counted, describeInLast, inLastText, needOf, tallyOf } from '../counted.js';
import type { FilterKind } from '../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(
  fields({ purchaseCount: text(255), ...countOperatorShape, inLast: inLastText.optional() }),
  Object.keys(countOperatorShape),
);

export type PurchaseCountFilter = z.infer<typeof schema>;

/** The name its total is kept under. */
export function purchaseTotalName(filter: PurchaseCountFilter): string {
  return filter.purchaseCount === 'any' ? '' : filter.purchaseCount;
}

function counted(filter: PurchaseCountFilter): Counted {
  return { eventKind: 'purchase', name: purchaseTotalName(filter), inLast: filter.inLast };
}

export const purchaseCountKind: FilterKind<'purchaseCount', PurchaseCountFilter> = {
  tag: 'purchaseCount',
  schema,
  needs: (filter) => [needOf(counted(filter))],
  evaluate: (filter, facts, now) => {
    const value = tallyOf(counted(filter), facts, now).count;
    return { pass: passesNumberOperators(filter, value), value };
  },
  describe: (filter) => {
    const what = filter.purchaseCount === 'any' ? 'purchases' : `purchases of ${filter.purchaseCount}`;
    return `number of ${what}${describeInLast(filter.inLast)} ${describeNumberOperators(filter)}`;
  },
};
