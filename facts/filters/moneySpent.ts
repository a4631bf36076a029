import {
  countedMoney,
  EXACT_DECIMALS,
  MONEY_DECIMALS,
  type MoneySpentFilter,
} from '../../domain/audience/kinds/moneySpent.js';
import type { MembersSql } from './setForm.js';
import type { SqlContext } from './sqlContext.js';
import { type Measure, tallyToSql } from './tallies.js';

const MONEY: Measure = {
  column: 'amount',
  type: 'numeric',
  // By its shortest text: as a number it would lose digits beyond the fifteenth.
  rounded: (value) => `round(round((${value})::text::numeric, ${EXACT_DECIMALS}), ${MONEY_DECIMALS})`,
};

export function moneySpentToSql(filter: MoneySpentFilter, context: SqlContext): MembersSql {
  return tallyToSql(countedMoney(filter), filter.moneySpent, { context, measure: MONEY });
}
