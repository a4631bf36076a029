import { countedMoney, MONEY_DECIMALS, type MoneySpentFilter } from '../../domain/audience/kinds/moneySpent.js';
import type { SqlContext } from './sqlContext.js';
import { comparisonsToSql, tallySql } from './tallies.js';

export function moneySpentToSql(filter: MoneySpentFilter, context: SqlContext): string {
  const amount = tallySql('amount', countedMoney(filter), context);
  return comparisonsToSql(`round((${amount})::numeric, ${MONEY_DECIMALS})`, 'numeric', filter.moneySpent, context);
}
