// How many messages a person received: of a campaign, a variant of it, a channel, a tag (SG-12). Without an operator: any at all.
import type { z } from 'zod';
import { fields } from '../../schema/fields.js';
import type { FilterKind } from '../filterKind.js';
import {
  countOperatorShape,
  describeNumberOperators,
  type NumberOperands,
  passesNumberOperators,
} from '../numberOperators.js';
import { describeWhich, receivedNeed, receivedTally, whichSchema } from '../receivedWhich.js';

const schema = fields({ received: whichSchema, ...countOperatorShape });

export type ReceivedFilter = z.infer<typeof schema>;

const AT_ALL: NumberOperands = { atLeast: 1 };

/** What is asked of the number of messages. */
export function receivedOperands(filter: ReceivedFilter): NumberOperands {
  const { received: _, ...operands } = filter;
  return Object.keys(operands).length === 0 ? AT_ALL : operands;
}

export const receivedKind: FilterKind<'received', ReceivedFilter> = {
  tag: 'received',
  schema,
  needs: ({ received }) => [receivedNeed(received)],
  evaluate: (filter, facts) => {
    const value = receivedTally(filter.received, facts)?.count ?? 0;
    return { pass: passesNumberOperators(receivedOperands(filter), value), value };
  },
  describe: (filter) =>
    `number of received ${describeWhich(filter.received)} ${describeNumberOperators(receivedOperands(filter))}`,
};
