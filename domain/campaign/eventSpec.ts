// How triggers and exceptions are written: what happened, and what its properties must be.
import { z } from 'zod';
import type { PropertyTest } from '../event/matcher.js';
import { MAX_PATH_STEPS, parsePropertyPath } from '../event/propertyPath.js';
import { fields, text, withAllowed } from '../schema/fields.js';
import { regexText } from '../segment/attributeOperators.js';
import { absoluteText } from '../segment/timeOperands.js';
import { withOperator } from '../segment/withOperator.js';

const PATH_ALLOWED = `a path such as cart.value, items[].sku or "a.b", of at most ${MAX_PATH_STEPS} steps`;

const propertyPath = text(255).refine((path) => parsePropertyPath(path) !== null, {
  error: () => withAllowed('is not a property path', PATH_ALLOWED),
});
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
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

const propertyFilter = withOperator(fields({ property: propertyPath, ...operatorShape }), Object.keys(operatorShape));

const comparingShape = { ...operatorShape, equalsTrigger: propertyPath.optional() };

/** AB-39: an exception may compare with what the trigger carried. */
const comparingFilter = withOperator(
  fields({ property: propertyPath, ...comparingShape }),
  Object.keys(comparingShape),
);

function eventSpec<F extends z.ZodType>(filter: F) {
  const where = z.array(filter).max(20).optional();
  return z.union([
    fields({ customEvent: text(255), where }),
    /** A product id, or `any`. */
    fields({ purchase: text(255), where }),
    fields({ sessionStart: z.literal(true) }),
  ]);
}

export const triggerSchema = eventSpec(propertyFilter);
export const exceptionSchema = eventSpec(comparingFilter);

export type PropertyFilter = z.output<typeof comparingFilter>;
export type EventSpec = z.output<typeof exceptionSchema>;

export function isPropertyOperator(name: string): name is PropertyTest['op'] {
  return Object.hasOwn(comparingShape, name);
}
