/** What filters over the messages that people received are in SQL. */
import { type LastReceivedFilter } from '../../domain/audience/kinds/lastReceived.js';
import { type ReceivedFilter, receivedOperands } from '../../domain/audience/kinds/received.js';
import { numberComparisons, passesNumberOperators } from '../../domain/audience/numberOperators.js';
import { whichOf } from '../../domain/audience/receivedWhich.js';
import { boundsOf } from '../../domain/audience/recency.js';
import type { ReceivedWhich } from '../../domain/facts/received.js';
import { instant } from '../../storage/pool.js';
import type { MembersSql } from './setForm.js';
import { ofPerson, type SqlContext } from './sqlContext.js';
import { SIGNS } from './tallies.js';

/** Whoever received none has 0, and no row: where 0 passes, the others are named. */
export function receivedToSql(filter: ReceivedFilter, context: SqlContext): MembersSql {
  const operands = receivedOperands(filter);
  const complement = passesNumberOperators(operands, 0);
  const tests = numberComparisons(operands).map(
    ({ op, operand }) => `sum(g.count) ${SIGNS[op]} ${context.parameters.add(operand, 'bigint')}`,
  );
  const passes = `${complement ? 'not ' : ''}(${tests.join(' and ')})`;
  return {
    members: `select g.user_id ${engagementsOf(whichOf(filter.received), context)} group by g.user_id having ${passes}`,
    complement,
    isUnique: true,
  };
}

export function lastReceivedToSql({ lastReceived, ...recency }: LastReceivedFilter, context: SqlContext): MembersSql {
  const { atOrBefore, before, after } = boundsOf(recency, context);
  const limit = (sign: string) => (at: number) =>
    `max(g.last_at) ${sign} ${context.parameters.add(instant(at), 'timestamptz')}`;
  const tests = [...atOrBefore.map(limit('<=')), ...before.map(limit('<')), ...after.map(limit('>'))];
  return {
    members: `select g.user_id ${engagementsOf(whichOf(lastReceived), context)} group by g.user_id having ${tests.join(' and ')}`,
    complement: false,
    isUnique: true,
  };
}

function engagementsOf({ campaign, variant, channel, tag }: ReceivedWhich, context: SqlContext): string {
  const { parameters } = context;
  const tests = [
    ...ofPerson('g.user_id', context),
    ...(campaign === null ? [] : [`c.key = ${parameters.add(campaign, 'text')}`]),
    ...(tag === null ? [] : [`c.tags @> ${parameters.add([tag], 'text[]')}`]),
    ...(variant === null ? [] : [`g.variant = ${parameters.add(variant, 'text')}`]),
    ...(channel === null ? [] : [`g.channel = ${parameters.add(channel, 'text')}`]),
  ];
  const joined = campaign === null && tag === null ? '' : ' join campaigns c on c.id = g.campaign_id';
  return `from engagements g${joined}${tests.length === 0 ? '' : ` where ${tests.join(' and ')}`}`;
}
