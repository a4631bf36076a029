// How long ago a person received a message for the last time (SG-12): of a campaign, a variant of it, a channel, a tag.
import type { z } from 'zod';
import { fields } from '../../schema/fields.js';
import type { FilterKind } from '../filterKind.js';
import { describeWhich, receivedNeed, receivedTally, whichSchema } from '../receivedWhich.js';
import { describeRecency, passesRecency, RECENCY_OPERATORS, recencyShape } from '../recency.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(fields({ lastReceived: whichSchema, ...recencyShape }), RECENCY_OPERATORS);

export type LastReceivedFilter = z.infer<typeof schema>;

export const lastReceivedKind: FilterKind<'lastReceived', LastReceivedFilter> = {
  tag: 'lastReceived',
  schema,
  needs: ({ lastReceived }) => [receivedNeed(lastReceived)],
  evaluate: ({ lastReceived, ...recency }, facts, askedAt) => {
    const tally = receivedTally(lastReceived, facts);
    if (tally === null) return { pass: false, value: null };
    return { pass: passesRecency(recency, tally.lastAt, askedAt), value: new Date(tally.lastAt).toISOString() };
  },
  describe: ({ lastReceived, ...recency }) =>
    `last received ${describeWhich(lastReceived)} ${describeRecency(recency)}`,
};
