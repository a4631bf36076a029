// How many sessions a person had, ever or in the last days (SG-10); nobody seen yet has 0.
import type { z } from 'zod';
import { fields } from '../../schema/fields.js';
import { type Counted, describeInLast, inLastText, needOf, tallyOf } from '../counted.js';
import type { FilterKind } from '../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const schema = fields({
  sessionCount: withOperator(
    fields({ ...countOperatorShape, inLast: inLastText.optional() }),
    Object.keys(countOperatorShape),
  ),
});

export type SessionCountFilter = z.infer<typeof schema>;

/** What it counts. */
export function countedSessions({ sessionCount }: SessionCountFilter): Counted {
  return { eventKind: 'session', name: '', inLast: sessionCount.inLast };
}

export const sessionCountKind: FilterKind<'sessionCount', SessionCountFilter> = {
  tag: 'sessionCount',
  schema,
  needs: (filter) => [needOf(countedSessions(filter))],
  evaluate: (filter, facts, askedAt) => {
    const value = tallyOf(countedSessions(filter), facts, askedAt).count;
    return { pass: passesNumberOperators(filter.sessionCount, value), value };
  },
  describe: ({ sessionCount }) =>
    `number of sessions${describeInLast(sessionCount.inLast)} ${describeNumberOperators(sessionCount)}`,
};
