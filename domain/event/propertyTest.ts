// Whether an event's properties pass one compiled filter (AB-03…06, AB-39). Types are strict: 150 is not "150".
// A path through arrays yields several values: a positive operator wants any of them, a negative one none (AB-05).
import type { Json, JsonObject } from '../json.js';
import { isJsonArray } from '../profile/attributes/attributeChange.js';
import { isSameJson } from '../profile/attributes/customValue.js';
import { parseInstant } from '../profile/parseInstant.js';
import { parsePropertyPath, valuesAt } from './propertyPath.js';
import { findsRegularExpression } from './regularExpression.js';

/** Compiled property filter. `path`: the keys to follow, `'[]'` meaning any element of an array (AB-05). */
export interface PropertyTest {
  readonly path: readonly string[];
  readonly op:
    | 'equals'
    | 'doesNotEqual'
    | 'isAnyOf'
    | 'isNoneOf'
    | 'atLeast'
    | 'atMost'
    | 'moreThan'
    | 'lessThan'
    | 'contains'
    | 'doesNotContain'
    | 'matchesRegex'
    | 'before'
    | 'after'
    | 'isBlank'
    | 'equalsTrigger';
  /** The operand; for `isBlank` a boolean, for `equalsTrigger` the path in the trigger's properties. */
  readonly value: Json;
}

export function passesPropertyTest(
  test: PropertyTest,
  properties: JsonObject,
  triggerProperties?: JsonObject,
): boolean {
  const values = valuesAt(properties, test.path);
  const operand = test.value;
  switch (test.op) {
    case 'equals':
      return values.some((value) => isSameJson(value, operand));
    case 'doesNotEqual':
      return !values.some((value) => isSameJson(value, operand));
    case 'isAnyOf':
      return values.some((value) => isListed(value, operand));
    case 'isNoneOf':
      return !values.some((value) => isListed(value, operand));
    case 'atLeast':
      return values.some((value) => compare(value, operand, (a, b) => a >= b));
    case 'atMost':
      return values.some((value) => compare(value, operand, (a, b) => a <= b));
    case 'moreThan':
      return values.some((value) => compare(value, operand, (a, b) => a > b));
    case 'lessThan':
      return values.some((value) => compare(value, operand, (a, b) => a < b));
    case 'contains':
      return values.some((value) => holds(value, operand));
    case 'doesNotContain':
      return !values.some((value) => holds(value, operand));
    case 'matchesRegex':
      return values.some((value) => matchesRegex(value, operand));
    case 'before':
      return values.some((value) => compareTime(value, operand, (a, b) => a < b));
    case 'after':
      return values.some((value) => compareTime(value, operand, (a, b) => a > b));
    case 'isBlank':
      // AB-04: absent; an empty string is a value.
      return (values.length === 0) === (operand === true);
    case 'equalsTrigger':
      return equalsTrigger(values, operand, triggerProperties);
    default:
      return test.op satisfies never;
  }
}

function isListed(value: Json, operand: Json): boolean {
  return isJsonArray(operand) && operand.some((allowed) => isSameJson(value, allowed));
}

function compare(value: Json, operand: Json, holdsFor: (a: number, b: number) => boolean): boolean {
  return typeof value === 'number' && typeof operand === 'number' && holdsFor(value, operand);
}

/** A text holds a part of itself; a list does when one of its texts does, as in audiences. */
function holds(value: Json, operand: Json): boolean {
  if (typeof operand !== 'string') return false;
  if (isJsonArray(value)) return value.some((item) => typeof item === 'string' && item.includes(operand));
  return typeof value === 'string' && value.includes(operand);
}

/** AB-06: case-sensitive, unlike the regular expressions of audiences. */
function matchesRegex(value: Json, operand: Json): boolean {
  if (typeof value !== 'string' || typeof operand !== 'string') return false;
  return findsRegularExpression(operand, value, { ignoreCase: false });
}

function compareTime(value: Json, operand: Json, holdsFor: (a: number, b: number) => boolean): boolean {
  if (typeof value !== 'string' || typeof operand !== 'string') return false;
  const time = parseInstant(value);
  const limit = parseInstant(operand);
  return time !== null && limit !== null && holdsFor(time, limit);
}

/** AB-39: a trigger that carries no such property agrees with nothing. */
function equalsTrigger(values: readonly Json[], operand: Json, triggerProperties: JsonObject | undefined): boolean {
  const path = typeof operand === 'string' ? parsePropertyPath(operand) : null;
  if (path === null || triggerProperties === undefined) return false;
  const wanted = valuesAt(triggerProperties, path);
  return values.some((value) => wanted.some((other) => isSameJson(value, other)));
}
