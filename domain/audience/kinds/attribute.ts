// A person's attribute, standard or custom, by its track name (SG-15, SG-20…22). Nested paths come with SG-23: until
// then names with dots or brackets are refused, so that their meaning does not change under a stored campaign.
import { z } from 'zod';
import type { Json } from '../../json.js';
import { profileValue } from '../../profile/profile.js';
import { fields, text, withAllowed } from '../../schema/fields.js';
import { type AttributeOperator, attributeOperatorShape, passesAttributeOperator } from '../attributeOperators.js';
import type { FilterKind } from '../filterKind.js';
import { withOperator } from '../withOperator.js';

const schema = withOperator(
  fields({
    attribute: text(255).regex(/^[^.[\]]+$/, {
      error: () => withAllowed('names a nested attribute', 'the name of a top-level attribute'),
    }),
    ...attributeOperatorShape,
    /** SG-20 "true or not set": a person without a value passes too. */
    orBlank: z.literal(true).optional(),
  }),
  Object.keys(attributeOperatorShape),
);

export type AttributeFilter = z.infer<typeof schema>;

const WORDS: Readonly<Record<AttributeOperator, string>> = {
  equals: 'equals',
  doesNotEqual: 'does not equal',
  isAnyOf: 'is any of',
  isNoneOf: 'is none of',
  atLeast: '≥',
  atMost: '≤',
  moreThan: '>',
  lessThan: '<',
  contains: 'contains',
  doesNotContain: 'does not contain',
  matchesRegex: 'matches',
  doesNotMatchRegex: 'does not match',
  includesAnyOf: 'includes any of',
  includesNoneOf: 'includes none of',
  includesAllOf: 'includes all of',
  doesNotIncludeAllOf: 'does not include all of',
  before: 'is before',
  after: 'is after',
  moreThanAgo: 'is at least this long ago:',
  lessThanAgo: 'is less long ago than',
  moreThanFromNow: 'is at least this far ahead:',
  lessThanFromNow: 'is less far ahead than',
  isBlank: 'is blank:',
  isEmpty: 'is empty:',
};

export interface AttributeTest {
  readonly op: AttributeOperator;
  readonly operand: Json;
}

function isAttributeOperator(name: string): name is AttributeOperator {
  return Object.hasOwn(attributeOperatorShape, name);
}

/** Every operator given, in the order of writing. */
export function attributeTests(filter: AttributeFilter): readonly AttributeTest[] {
  const tests: AttributeTest[] = [];
  for (const [op, operand] of Object.entries(filter)) {
    if (isAttributeOperator(op) && operand !== undefined) tests.push({ op, operand });
  }
  return tests;
}

export const attributeKind: FilterKind<'attribute', AttributeFilter> = {
  tag: 'attribute',
  schema,
  needs: () => [],
  evaluate: (filter, facts, now) => {
    const value = profileValue(facts.profile, filter.attribute);
    const pass =
      (filter.orBlank === true && value === undefined) ||
      attributeTests(filter).every(({ op, operand }) => passesAttributeOperator(op, value, operand, now));
    return { pass, value: value ?? null };
  },
  describe: (filter) => {
    const tests = attributeTests(filter).map(({ op, operand }) => describeTest(op, operand));
    return `${filter.attribute} ${tests.join(' and ')}${filter.orBlank === true ? ' or is blank' : ''}`;
  },
};

function describeTest(op: AttributeOperator, operand: Json): string {
  if (op === 'isBlank') return operand === true ? 'is blank' : 'is not blank';
  if (op === 'isEmpty') return operand === true ? 'is empty' : 'is not empty';
  return `${WORDS[op]} ${typeof operand === 'string' ? operand : JSON.stringify(operand)}`;
}
