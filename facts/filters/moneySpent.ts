import { countedMoney, MONEY_DECIMALS, type MoneySpentFilter } from '../../domain/audience/kinds/moneySpent.js';
import type { MembersSql } from './setForm.js';
import type { SqlContext } from './sqlContext.js';
import { type Measure, tallyToSql } from './tallies.js';

const MONEY: Measure = {
  column: 'amount',
  type: 'numeric',
  rounded: (value) => `round((${value})::numeric, ${MONEY_DECIMALS})`,
};

export function moneySpentToSql(filter: MoneySpentFilter, context: SqlContext): MembersSql {
  return tallyToSql(countedMoney(filter), filter.moneySpent, { context, measure: MONEY });
}
