// How long ago a person's latest session began. SG-04: "more than 2 weeks" is age ≥ 1,209,600 s and "less than" its exact
// complement; a person without a session passes neither.
import type { z } from 'zod';
import { totalKey } from '../../facts/counters.js';
import { fields } from '../../schema/fields.js';
import { parseAbsolute } from '../../timing/instant.js';
import type { FilterKind } from '../filterKind.js';
import { absoluteText, lengthMs, lengthText } from '../timeOperands.js';
import { withOperator } from '../withOperator.js';

const LAST_USED_OPERATORS = ['moreThan', 'lessThan', 'before', 'after'] as const;

const schema = fields({
  lastUsed: withOperator(
    fields({
      moreThan: lengthText.optional(),
      lessThan: lengthText.optional(),
      before: absoluteText.optional(),
      after: absoluteText.optional(),
    }),
    LAST_USED_OPERATORS,
  ),
});

export type LastUsedFilter = z.infer<typeof schema>;

export interface LastUsedBounds {
  /** Sessions at this instant or earlier. */
  readonly atOrBefore: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The filter as limits on the instant of the last session; SQL and `evaluate` read the same ones. */
export function lastUsedBounds({ lastUsed }: LastUsedFilter, now: number): LastUsedBounds {
  return {
    atOrBefore: lastUsed.moreThan === undefined ? [] : [now - lengthMs(lastUsed.moreThan)],
    before: lastUsed.before === undefined ? [] : [instantOf(lastUsed.before)],
    after: [
      ...(lastUsed.lessThan === undefined ? [] : [now - lengthMs(lastUsed.lessThan)]),
      ...(lastUsed.after === undefined ? [] : [instantOf(lastUsed.after)]),
    ],
  };
}

function instantOf(text: string): number {
  const at = parseAbsolute(text);
  if (at === null) throw new RangeError(`Not an instant: ${JSON.stringify(text)}.`);
  return at;
}

export const lastUsedKind: FilterKind<'lastUsed', LastUsedFilter> = {
  tag: 'lastUsed',
  schema,
  needs: () => [{ kind: 'total', eventKind: 'session', name: '' }],
  evaluate: (filter, facts, now) => {
    const lastAt = facts.totals.get(totalKey('session', ''))?.lastAt;
    if (lastAt === undefined) return { pass: false, value: null };
    const { atOrBefore, before, after } = lastUsedBounds(filter, now);
    const pass =
      atOrBefore.every((limit) => lastAt <= limit) &&
      before.every((limit) => lastAt < limit) &&
      after.every((limit) => lastAt > limit);
    return { pass, value: new Date(lastAt).toISOString() };
  },
  describe: ({ lastUsed }) => {
    const parts: string[] = [];
    if (lastUsed.moreThan !== undefined) parts.push(`more than ${lastUsed.moreThan} ago`);
    if (lastUsed.lessThan !== undefined) parts.push(`less than ${lastUsed.lessThan} ago`);
    if (lastUsed.before !== undefined) parts.push(`before ${lastUsed.before}`);
    if (lastUsed.after !== undefined) parts.push(`after ${lastUsed.after}`);
    return `last used ${parts.join(' and ')}`;
  },
};
