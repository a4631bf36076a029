// How many purchases a person made, ever: of one product, or `any`. A purchase of quantity 3 counts three (UT-07).
import type { z } from 'zod';
import { fields, text } from '../../schema/fields.js';
import { totalKey } from '../facts.js';
import type { FilterKind } from '../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(
  fields({ purchaseCount: text(255), ...countOperatorShape }),
  Object.keys(countOperatorShape),
);

export type PurchaseCountFilter = z.infer<typeof schema>;

/** The name its total is kept under. */
export function purchaseTotalName(filter: PurchaseCountFilter): string {
  return filter.purchaseCount === 'any' ? '' : filter.purchaseCount;
}

export const purchaseCountKind: FilterKind<'purchaseCount', PurchaseCountFilter> = {
  tag: 'purchaseCount',
  schema,
  needs: (filter) => [{ kind: 'total', eventKind: 'purchase', name: purchaseTotalName(filter) }],
  evaluate: (filter, facts) => {
    const value = facts.totals.get(totalKey('purchase', purchaseTotalName(filter)))?.count ?? 0;
    return { pass: passesNumberOperators(filter, value), value };
  },
  describe: (filter) => {
    const what = filter.purchaseCount === 'any' ? 'purchases' : `purchases of ${filter.purchaseCount}`;
    return `number of ${what} ${describeNumberOperators(filter)}`;
  },
};
