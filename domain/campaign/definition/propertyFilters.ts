// How the properties of triggers and exceptions are tested: how it is written, and the tests it stands for.
import { z } from 'zod';
import { regexText } from '../../audience/attributeOperators.js';
import { absoluteText } from '../../audience/timeOperands.js';
import { withOperator } from '../../audience/withOperator.js';
import { MAX_PATH_STEPS, parsePropertyPath } from '../../event/propertyPath.js';
import type { PropertyTest } from '../../event/propertyTest.js';
import { fields, text, withAllowed } from '../../schema/fields.js';

const PATH_ALLOWED = `a path such as cart.value, items[].sku or "a.b", of at most ${MAX_PATH_STEPS} steps`;

const propertyPath = text(255).refine((path) => parsePropertyPath(path) !== null, {
  error: () => withAllowed('is not a property path', PATH_ALLOWED),
});
export const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
const scalars = z.array(scalar).min(1).max(256);
const number = z.number().optional();

const operatorShape = {
  equals: scalar.optional(),
  doesNotEqual: scalar.optional(),
  isAnyOf: scalars.optional(),
  isNoneOf: scalars.optional(),
  atLeast: number,
  atMost: number,
  moreThan: number,
  lessThan: number,
  contains: text(1_000).optional(),
  doesNotContain: text(1_000).optional(),
  matchesRegex: regexText.optional(),
  before: absoluteText.optional(),
  after: absoluteText.optional(),
  isBlank: z.boolean().optional(),
} satisfies Partial<Record<PropertyTest['op'], z.ZodType>>;

const comparingShape = { ...operatorShape, equalsTrigger: propertyPath.optional() };

const comparingFilter = withOperator(
  fields({ property: propertyPath, ...comparingShape }),
  Object.keys(comparingShape),
);

/** Of a trigger; all of them must pass (AB-03). */
export const propertyFilters = z
  .array(withOperator(fields({ property: propertyPath, ...operatorShape }), Object.keys(operatorShape)))
  .max(20)
  .optional();

/** Of an exception, which may compare with what the trigger carried (AB-39). */
export const comparingFilters = z.array(comparingFilter).max(20).optional();

type PropertyFilter = z.output<typeof comparingFilter>;

export function testsOf(where: readonly PropertyFilter[] | undefined): readonly PropertyTest[] {
  return (where ?? []).flatMap(testsOfFilter);
}

/** One test per operator; they are ANDed. */
function testsOfFilter(filter: PropertyFilter): readonly PropertyTest[] {
  const path = parsePropertyPath(filter.property);
  if (path === null) throw new TypeError(`Not a property path: ${JSON.stringify(filter.property)}.`);
  const tests: PropertyTest[] = [];
  for (const [op, value] of Object.entries(filter)) {
    if (isPropertyOperator(op) && value !== undefined) tests.push({ path, op, value });
  }
  return tests;
}

function isPropertyOperator(name: string): name is PropertyTest['op'] {
  return Object.hasOwn(comparingShape, name);
}
