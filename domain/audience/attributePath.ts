/**
 * Paths into a person's attributes (SG-23): `cart.value`, `items[].sku`, `"a.b".c`. The first step names the attribute; `[]`
 * stands for any element of a list, once at most. A positive operator wants any of the values, a negative one all of them.
 */

import { ANY_ELEMENT, parsePropertyPath, valuesAt } from '../event/propertyPath.js';
import type { Json } from '../json.js';
import { type Profile, profileValue } from '../profile/profile.js';
import type { AskedAt } from './askedAt.js';
import { type AttributeOperator, type AttributeTest, passesAttributeOperator } from './attributeOperators.js';

export interface AttributePath {
  readonly attribute: string;
  /** Keys below the attribute, and `[]`. */
  readonly steps: readonly string[];
}

/** null when the text is not a path, or has two lists in it. */
export function parseAttributePath(text: string): AttributePath | null {
  // A name without these is taken as it is, whatever else is in it.
  if (!/[.[\]]/.test(text)) return { attribute: text, steps: [] };
  const [attribute, ...steps] = parsePropertyPath(text) ?? [];
  if (attribute === undefined || steps.filter((step) => step === ANY_ELEMENT).length > 1) return null;
  return { attribute, steps };
}

export function attributePath(text: string): AttributePath {
  const path = parseAttributePath(text);
  if (path === null) throw new RangeError(`Not a path of an attribute: ${JSON.stringify(text)}.`);
  return path;
}

/** Every value that the path leads to; none where the person has no such attribute. */
export function attributeValues(profile: Profile, { attribute, steps }: AttributePath): readonly Json[] {
  const root = profileValue(profile, attribute);
  return root === undefined ? [] : valuesBelow(root, steps);
}

export function valuesBelow(root: Json, steps: readonly string[]): readonly Json[] {
  return valuesAt({ root }, ['root', ...steps]);
}

export function passesAttributeTest(test: AttributeTest, values: readonly Json[], askedAt: AskedAt): boolean {
  if (values.length === 0) return passesAttributeOperator(test, undefined, askedAt);
  const passes = (value: Json) => passesAttributeOperator(test, value, askedAt);
  return isNegative(test) ? values.every(passes) : values.some(passes);
}

const NEGATIVE: ReadonlySet<AttributeOperator> = new Set([
  'doesNotEqual',
  'isNoneOf',
  'doesNotContain',
  'doesNotMatchRegex',
  'includesNoneOf',
  'doesNotIncludeAllOf',
]);

/** Whether all values must pass, where there are several. */
export function isNegative({ op, operand }: AttributeTest): boolean {
  return op === 'isBlank' || op === 'isEmpty' ? operand === true : NEGATIVE.has(op);
}
