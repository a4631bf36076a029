// How much money a person spent on purchases, ever or in the last days: price × quantity (UT-07), whatever the currency;
// whoever bought nothing spent 0.
import { Big } from 'big.js';
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

/**
 * The amount as it is compared, and as SQL rounds it: to four decimals, a half away from zero. Sums of binary fractions are off
 * by a trifle (0.1 + 0.2), which is rounded away first: else it would decide which way a half goes.
 */
export const MONEY_DECIMALS = 4;
export const EXACT_DECIMALS = 8;

export function comparableMoney(amount: number): number {
  return new Big(amount).round(EXACT_DECIMALS, HALF_UP).round(MONEY_DECIMALS, HALF_UP).toNumber();
}
const HALF_UP = 1;

/** What it counts. */
export function countedMoney({ moneySpent }: MoneySpentFilter): Counted {
  return { eventKind: 'purchase', name: '', inLast: moneySpent.inLast };
}

export const moneySpentKind: FilterKind<'moneySpent', MoneySpentFilter> = {
  tag: 'moneySpent',
  schema,
  needs: (filter) => [needOf(countedMoney(filter))],
  evaluate: (filter, facts, askedAt) => {
    const value = comparableMoney(tallyOf(countedMoney(filter), facts, askedAt).amount);
    return { pass: passesNumberOperators(filter.moneySpent, value), value };
  },
  describe: ({ moneySpent }) =>
    `money spent${describeInLast(moneySpent.inLast)} ${describeNumberOperators(moneySpent)}`,
};
