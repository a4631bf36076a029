// A person's attribute, standard or custom, by its track name or by a path into it (SG-15, SG-20…23).
import { z } from 'zod';
import { ANY_ELEMENT } from '../../event/propertyPath.js';
import type { Json } from '../../json.js';
import { fields, text, withAllowed } from '../../schema/fields.js';
import type { AskedAt } from '../askedAt.js';
import { type AttributeOperator, type AttributeTest, attributeOperatorShape } from '../attributeOperators.js';
import {
  attributePath,
  attributeValues,
  parseAttributePath,
  passesAttributeTest,
  valuesBelow,
} from '../attributePath.js';
import type { FilterKind } from '../filterKind.js';
import { withOperator } from '../withOperator.js';

const PATH_ALLOWED = 'a name, or a path such as cart.value, items[].sku or "a.b".c, with at most one [] in it';
const OPERATORS = Object.keys(attributeOperatorShape);
/** Values shown as seen, where a path leads to many. */
const MOST_SEEN = 10;

const path = text(255).refine((given) => parseAttributePath(given) !== null, {
  error: () => withAllowed('is not the path of an attribute', PATH_ALLOWED),
});

/** Of an element of a list: its lists are not looked into. */
const field = path.refine((given) => !attributeStepsOf(given).includes(ANY_ELEMENT), {
  error: () => withAllowed('has a list in it', 'a path without [], of a field of the element'),
});

const elementFilter = withOperator(fields({ field, ...attributeOperatorShape }), OPERATORS);

const schema = withOperator(
  fields({
    attribute: path,
    ...attributeOperatorShape,
    /** SG-23, several criteria: one element of the list must fulfil all of them. */
    where: z.array(elementFilter).min(1).max(20).optional(),
    /** SG-20 "true or not set": a person without a value passes too. */
    orBlank: z.literal(true).optional(),
  }),
  [...OPERATORS, 'where'],
).refine(({ attribute, where }) => where === undefined || attribute.endsWith(ANY_ELEMENT), {
  path: ['attribute'],
  error: () => withAllowed('is no list, as `where` asks of one element', 'a path that ends with [], such as items[]'),
});

function attributeStepsOf(given: string): readonly string[] {
  const parsed = parseAttributePath(given);
  return parsed === null ? [] : [parsed.attribute, ...parsed.steps];
}

export type AttributeFilter = z.infer<typeof schema>;
export type ElementFilter = z.infer<typeof elementFilter>;

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
  dayOfYear: 'has its day of the year:',
  isBlank: 'is blank:',
  isEmpty: 'is empty:',
};

function isAttributeOperator(name: string): name is AttributeOperator {
  return Object.hasOwn(attributeOperatorShape, name);
}

/** Every operator given, in the order of writing. */
export function attributeTests(filter: Omit<AttributeFilter, 'attribute'>): readonly AttributeTest[] {
  const tests: AttributeTest[] = [];
  for (const [op, operand] of Object.entries(filter)) {
    if (isAttributeOperator(op) && operand !== undefined) tests.push({ op, operand });
  }
  return tests;
}

/** The steps to a field of an element. */
export function fieldSteps({ field: given }: ElementFilter): readonly string[] {
  return attributeStepsOf(given);
}

export const attributeKind: FilterKind<'attribute', AttributeFilter> = {
  tag: 'attribute',
  schema,
  needs: () => [],
  evaluate: (filter, facts, askedAt) => {
    const values = attributeValues(facts.profile, attributePath(filter.attribute));
    const { where } = filter;
    const pass =
      (filter.orBlank === true && values.length === 0) ||
      (attributeTests(filter).every((test) => passesAttributeTest(test, values, askedAt)) &&
        (where === undefined || values.some((element) => isElement(where, element, askedAt))));
    return { pass, value: values.length > 1 ? values.slice(0, MOST_SEEN) : (values[0] ?? null) };
  },
  describe: (filter) => {
    const tests = describeTests(filter);
    if (filter.where !== undefined) {
      const criteria = filter.where.map((each) => `${each.field} ${describeTests(each).join(' and ')}`);
      tests.push(`has an element whose ${criteria.join(' and whose ')}`);
    }
    return `${filter.attribute} ${tests.join(' and ')}${filter.orBlank === true ? ' or is blank' : ''}`;
  },
};

function isElement(where: readonly ElementFilter[], element: Json, askedAt: AskedAt): boolean {
  return where.every((each) => {
    const values = valuesBelow(element, fieldSteps(each));
    return attributeTests(each).every((test) => passesAttributeTest(test, values, askedAt));
  });
}

function describeTests(filter: Omit<AttributeFilter, 'attribute'>): string[] {
  return attributeTests(filter).map(({ op, operand }) => describeTest(op, operand));
}

function describeTest(op: AttributeOperator, operand: Json): string {
  if (op === 'isBlank') return operand === true ? 'is blank' : 'is not blank';
  if (op === 'isEmpty') return operand === true ? 'is empty' : 'is not empty';
  return `${WORDS[op]} ${typeof operand === 'string' ? operand : JSON.stringify(operand)}`;
}
