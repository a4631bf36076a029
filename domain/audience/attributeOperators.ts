// What may be asked of one attribute's value (SG-20…22). A value of another type than the operator's never passes a
// positive operator. Without a value ("blank"): negative operators, `lessThan`, `atMost` and `equals: 0` pass.
import { z } from 'zod';
import { findsRegularExpression, regularExpressionProblem } from '../event/regularExpression.js';
import type { Json } from '../json.js';
import { isJsonArray } from '../profile/attributes/attributeChange.js';
import { parseInstant } from '../profile/parseInstant.js';
import { text, withAllowed } from '../schema/fields.js';
import { type AskedAt, readInstant } from './askedAt.js';
import { dayOfYearText, isDayOfYear } from './dayOfYear.js';
import { compareNumbers, type NumberOperator } from './numberOperators.js';
import { dateText, lengthMs, lengthText } from './timeOperands.js';

const MAX_VALUES = 256;
const number = z.number();
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
const values = z
  .array(z.union([z.string().max(1_000), z.number()]))
  .min(1)
  .max(MAX_VALUES);
const parts = z.union([text(1_000), z.array(text(1_000)).min(1).max(MAX_VALUES)]);
export const regexText = z
  .string()
  .min(1)
  .max(32_764)
  .superRefine((pattern, context) => {
    const problem = regularExpressionProblem(pattern);
    if (problem === null) return;
    context.addIssue({
      code: 'custom',
      message: withAllowed(
        `is not a regular expression: ${problem}`,
        'RE2 syntax, without look-around or back-references',
      ),
    });
  });

/** All given are ANDed. */
export const attributeOperatorShape = {
  equals: scalar.optional(),
  doesNotEqual: scalar.optional(),
  isAnyOf: values.optional(),
  isNoneOf: values.optional(),
  atLeast: number.optional(),
  atMost: number.optional(),
  moreThan: number.optional(),
  lessThan: number.optional(),
  contains: parts.optional(),
  doesNotContain: parts.optional(),
  matchesRegex: regexText.optional(),
  doesNotMatchRegex: regexText.optional(),
  includesAnyOf: values.optional(),
  includesNoneOf: values.optional(),
  includesAllOf: values.optional(),
  doesNotIncludeAllOf: values.optional(),
  before: dateText.optional(),
  after: dateText.optional(),
  moreThanAgo: lengthText.optional(),
  lessThanAgo: lengthText.optional(),
  moreThanFromNow: lengthText.optional(),
  lessThanFromNow: lengthText.optional(),
  dayOfYear: dayOfYearText.optional(),
  isBlank: z.boolean().optional(),
  isEmpty: z.boolean().optional(),
};

export type AttributeOperator = keyof typeof attributeOperatorShape;

export interface AttributeTest {
  readonly op: AttributeOperator;
  readonly operand: Json;
}

/** Whether a value (undefined: blank) passes one operator. Operands are of the operator's type by validation. */
export function passesAttributeOperator(
  { op, operand }: AttributeTest,
  value: Json | undefined,
  askedAt: AskedAt,
): boolean {
  switch (op) {
    case 'equals':
      return value === operand || (value === undefined && operand === 0);
    case 'doesNotEqual':
      return !equalsIgnoringCase(value, operand) && !(value === undefined && operand === 0);
    case 'isAnyOf':
      return isListed(value, operand);
    case 'isNoneOf':
      return !isListed(value, operand);
    case 'atLeast':
    case 'moreThan':
    case 'atMost':
    case 'lessThan':
      return passesNumber(op, value, operand);
    case 'contains':
      return containsAny(value, operand);
    case 'doesNotContain':
      return !containsAny(value, operand);
    case 'matchesRegex':
      return textsOf(value).some((item) => matchesRegex(item, operand));
    case 'doesNotMatchRegex':
      return textsOf(value).length > 0 && !textsOf(value).some((item) => matchesRegex(item, operand));
    case 'includesAnyOf':
      return itemsOf(value).some((item) => isListed(item, operand));
    case 'includesNoneOf':
      return !itemsOf(value).some((item) => isListed(item, operand));
    case 'includesAllOf':
      return includesAll(value, operand);
    case 'doesNotIncludeAllOf':
      return !includesAll(value, operand);
    case 'before':
    case 'after':
    case 'moreThanAgo':
    case 'lessThanAgo':
    case 'moreThanFromNow':
    case 'lessThanFromNow':
      return passesTime({ op, operand }, value, askedAt);
    case 'dayOfYear':
      return typeof operand === 'string' && isDayOfYear(value, operand, askedAt);
    case 'isBlank':
      return (value === undefined) === (operand === true);
    case 'isEmpty':
      return (value === undefined || (isJsonArray(value) && value.length === 0)) === (operand === true);
    default:
      return op satisfies never;
  }
}

/** SG-21: "does not equal" ignores case, unlike "equals". */
function equalsIgnoringCase(value: Json | undefined, operand: Json): boolean {
  if (typeof value === 'string' && typeof operand === 'string') return value.toLowerCase() === operand.toLowerCase();
  return value === operand;
}

function isListed(value: Json | undefined, operand: Json): boolean {
  return value !== undefined && isJsonArray(operand) && operand.some((item) => item === value);
}

function passesNumber(op: NumberOperator, value: Json | undefined, operand: Json): boolean {
  if (value === undefined) return op === 'lessThan' || op === 'atMost';
  return typeof value === 'number' && typeof operand === 'number' && compareNumbers(op, value, operand);
}

function itemsOf(value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonArray(value) ? value : [];
}

/** The texts of a text or a list. */
function textsOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return itemsOf(value).filter((item) => typeof item === 'string');
}

function containsAny(value: Json | undefined, operand: Json): boolean {
  const wanted = textsOf(operand);
  return textsOf(value).some((item) => wanted.some((part) => item.includes(part)));
}

/** SG-21: partial and, unlike on event properties (AB-06), whatever the case. */
function matchesRegex(item: string, operand: Json): boolean {
  return typeof operand === 'string' && findsRegularExpression(operand, item, { ignoreCase: true });
}

function includesAll(value: Json | undefined, operand: Json): boolean {
  const items = itemsOf(value);
  return items.length > 0 && textAndNumbersOf(operand).every((wanted) => items.includes(wanted));
}

function textAndNumbersOf(operand: Json): readonly Json[] {
  return isJsonArray(operand) ? operand : [operand];
}

type TimeOperator = 'before' | 'after' | 'moreThanAgo' | 'lessThanAgo' | 'moreThanFromNow' | 'lessThanFromNow';

/** SG-01, SG-04: N×24 h from the instant of evaluation; "more than" holds at the boundary, "less than" does not. */
function passesTime(
  { op, operand }: { readonly op: TimeOperator; readonly operand: Json },
  value: Json | undefined,
  askedAt: AskedAt,
): boolean {
  const { now } = askedAt;
  const at = typeof value === 'string' ? parseInstant(value) : null;
  if (at === null || typeof operand !== 'string') return false;
  switch (op) {
    case 'before':
      return at < (readInstant(operand, askedAt) ?? Number.NaN);
    case 'after':
      return at > (readInstant(operand, askedAt) ?? Number.NaN);
    case 'moreThanAgo':
      return now - at >= lengthMs(operand);
    case 'lessThanAgo':
      return at <= now && now - at < lengthMs(operand);
    case 'moreThanFromNow':
      return at - now >= lengthMs(operand);
    case 'lessThanFromNow':
      return at > now && at - now < lengthMs(operand);
    default:
      return op satisfies never;
  }
}
