// How much money a person spent on purchases, ever or in the last days: price × quantity (UT-07), whatever the currency;
// whoever bought nothing spent 0.
import { z } from 'zod';
import { fields } from '../../schema/fields.js';
import { type Counted, describeInLast, inLastText, needOf, tallyOf } from '../counted.js';
import type { FilterKind } from '../filterKind.js';
import { describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const amount = z.number().min(-1e15).max(1e15).optional();
const amountOperatorShape = {
  equals: amount,
  doesNotEqual: amount,
  atLeast: amount,
  atMost: amount,
  moreThan: amount,
  lessThan: amount,
};

const schema = fields({
  moneySpent: withOperator(
    fields({ ...amountOperatorShape, inLast: inLastText.optional() }),
    Object.keys(amountOperatorShape),
  ),
});

export type MoneySpentFilter = z.infer<typeof schema>;

/** Sums of binary fractions are off by a trifle (0.1 + 0.2): they are compared to four decimals. */
export const MONEY_DECIMALS = 4;
const UNIT = 10 ** MONEY_DECIMALS;

/** What it counts. */
export function countedMoney({ moneySpent }: MoneySpentFilter): Counted {
  return { eventKind: 'purchase', name: '', inLast: moneySpent.inLast };
}

export const moneySpentKind: FilterKind<'moneySpent', MoneySpentFilter> = {
  tag: 'moneySpent',
  schema,
  needs: (filter) => [needOf(countedMoney(filter))],
  evaluate: (filter, facts, now) => {
    const value = Math.round(tallyOf(countedMoney(filter), facts, now).amount * UNIT) / UNIT;
    return { pass: passesNumberOperators(filter.moneySpent, value), value };
  },
  describe: ({ moneySpent }) =>
    `money spent${describeInLast(moneySpent.inLast)} ${describeNumberOperators(moneySpent)}`,
};
