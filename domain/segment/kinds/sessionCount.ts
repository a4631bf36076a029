// How many sessions a person had, ever (SG-10); nobody seen yet has 0.
import type { z } from 'zod';
import { fields } from '../../schema/fields.js';
import { totalKey } from '../facts.js';
import type { FilterKind } from '../filterKind.js';
import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
import { withOperator } from '../withOperator.js';

const schema = fields({
  sessionCount: withOperator(fields(countOperatorShape), Object.keys(countOperatorShape)),
});

export type SessionCountFilter = z.infer<typeof schema>;

export const sessionCountKind: FilterKind<'sessionCount', SessionCountFilter> = {
  tag: 'sessionCount',
  schema,
  needs: () => [{ kind: 'total', eventKind: 'session', name: '' }],
  evaluate: (filter, facts) => {
    const value = facts.totals.get(totalKey('session', ''))?.count ?? 0;
    return { pass: passesNumberOperators(filter.sessionCount, value), value };
  },
  describe: (filter) => `number of sessions ${describeNumberOperators(filter.sessionCount)}`,
};
