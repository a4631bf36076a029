// What operators say of the values that a path leads to: of attributes (SG-20 to SG-23), of properties (AB-03 to AB-06).
import { type Asked, dayAsked, dayOfValue, instantOf } from './clock.js';
import { found } from './paths.js';
import {
  type Fields,
  fieldsOf,
  instantIn,
  lengthOf,
  listOf,
  numberOf,
  oneOrMore,
  textOf,
  type Value,
} from './written.js';

/** What one operator says of all the values. */
type Operator = (values: readonly Value[], operand: Value, asked: Asked) => boolean;

/** Holds where any of the values passes. */
const any =
  (passes: (value: Value, operand: Value, asked: Asked) => boolean): Operator =>
  (values, operand, asked) =>
    values.some((value) => passes(value, operand, asked));

/** Holds where none of them passes, so of nobody's value too. */
const none =
  (passes: (value: Value, operand: Value, asked: Asked) => boolean): Operator =>
  (values, operand, asked) =>
    !values.some((value) => passes(value, operand, asked));

const isBlank = (values: readonly Value[]) => values.length === 0;

const isOneOf = (value: Value, operand: Value) => listOf(operand).includes(value);
const number = (compare: (value: number, bound: number) => boolean) => (value: Value, operand: Value) =>
  typeof value === 'number' && compare(value, numberOf(operand));
const atLeast = number((value, bound) => value >= bound);
const atMost = number((value, bound) => value <= bound);
const moreThan = number((value, bound) => value > bound);
const lessThan = number((value, bound) => value < bound);

/** How an instant stands to the operand, which is one too. */
const instant =
  (compare: (at: number, operand: Value, asked: Asked) => boolean) => (value: Value, operand: Value, asked: Asked) => {
    const at = instantIn(value);
    return at !== null && compare(at, operand, asked);
  };
const before = instant((at, operand, asked) => at < instantOf(operand, asked));
const after = instant((at, operand, asked) => at > instantOf(operand, asked));

function hasPart(value: Value, operand: Value): boolean {
  return oneOrMore(operand).some((part) => typeof value === 'string' && value.includes(textOf(part)));
}

const LONGEST = 10_240;

/** Whether the pattern is found in the first characters of a text. */
function hasMatch(value: Value, pattern: string, flags: string): boolean {
  if (typeof value !== 'string') return false;
  const regular = pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'iu') : new RegExp(pattern, flags);
  return regular.test([...value].slice(0, LONGEST).join(''));
}
const matchesAnyCase = (value: Value, operand: Value) => hasMatch(value, textOf(operand), 'iu');
const matchesCase = (value: Value, operand: Value) => hasMatch(value, textOf(operand), 'u');

/** What is said of a text, of any element where the value is a list (SG-22). */
const orElement = (passes: (value: Value, operand: Value) => boolean) => (value: Value, operand: Value) =>
  oneOrMore(value).some((each) => passes(each, operand));

const hasText = (value: Value) => oneOrMore(value).some((each) => typeof each === 'string');

const isAlike = (value: Value, operand: Value) =>
  typeof value === 'string' && typeof operand === 'string'
    ? value.toLowerCase() === operand.toLowerCase()
    : value === operand;

const includesAny = (value: Value, operand: Value) =>
  Array.isArray(value) && listOf(operand).some((each) => value.includes(each));
const includesAll = (value: Value, operand: Value) =>
  Array.isArray(value) && listOf(operand).every((each) => value.includes(each));
const isEmptyList = (value: Value) => Array.isArray(value) && value.length === 0;

const OF_ATTRIBUTES: Readonly<Record<string, Operator>> = {
  // "exactly 0" and "less than" include who has no value (SG-20).
  equals: (values, operand) => values.includes(operand) || (operand === 0 && isBlank(values)),
  doesNotEqual: (values, operand) =>
    !values.some((value) => isAlike(value, operand)) && !(operand === 0 && isBlank(values)),
  isAnyOf: any(isOneOf),
  isNoneOf: none(isOneOf),
  atLeast: any(atLeast),
  atMost: (values, operand) => isBlank(values) || values.some((value) => atMost(value, operand)),
  moreThan: any(moreThan),
  lessThan: (values, operand) => isBlank(values) || values.some((value) => lessThan(value, operand)),
  contains: any(orElement(hasPart)),
  doesNotContain: none(orElement(hasPart)),
  matchesRegex: any(orElement(matchesAnyCase)),
  // Who is blank is left out (SG-21). Open question: so is here who has a value in which no text is, such as a number.
  doesNotMatchRegex: (values, operand) =>
    !isBlank(values) && values.every((value) => hasText(value) && !orElement(matchesAnyCase)(value, operand)),
  includesAnyOf: any(includesAny),
  includesNoneOf: none(includesAny),
  includesAllOf: any(includesAll),
  doesNotIncludeAllOf: none(includesAll),
  before: any(before),
  after: any(after),
  // Lengths back from now and on from it, each pair exact complements (SG-01, SG-04).
  moreThanAgo: any(instant((at, operand, { now }) => now - at >= lengthOf(operand))),
  lessThanAgo: any(instant((at, operand, { now }) => now - at < lengthOf(operand) && at <= now)),
  moreThanFromNow: any(instant((at, operand, { now }) => at - now >= lengthOf(operand))),
  // Open question: an instant that is just now is taken as one of the past.
  lessThanFromNow: any(instant((at, operand, { now }) => at - now < lengthOf(operand) && at > now)),
  dayOfYear: any((value, operand, asked) => dayOfValue(value, asked) === dayAsked(operand, asked)),
  isBlank: (values, operand) => isBlank(values) === operand,
  isEmpty: (values, operand) => values.every(isEmptyList) === operand,
};

const OF_PROPERTIES: Readonly<Record<string, Operator>> = {
  equals: any((value, operand) => value === operand),
  doesNotEqual: none((value, operand) => value === operand),
  isAnyOf: any(isOneOf),
  isNoneOf: none(isOneOf),
  atLeast: any(atLeast),
  atMost: any(atMost),
  moreThan: any(moreThan),
  lessThan: any(lessThan),
  contains: any(orElement(hasPart)),
  doesNotContain: none(orElement(hasPart)),
  matchesRegex: any(matchesCase),
  before: any(before),
  after: any(after),
  isBlank: (values, operand) => isBlank(values) === operand,
};

function holdAll(
  operators: Readonly<Record<string, Operator>>,
  written: readonly (readonly [string, Value])[],
  values: readonly Value[],
  asked: Asked,
): boolean {
  return written.every(([name, operand]) => {
    const operator = operators[name];
    if (operator === undefined) throw new Error(`no rule for ${name}`);
    return operator(values, operand, asked);
  });
}

/** Whether an object of attributes passes a filter on one of them. */
export function attributePasses(attributes: Fields, filter: Fields, asked: Asked): boolean {
  const { attribute, where, orBlank, ...operators } = filter;
  const values = found(attributes, textOf(attribute));
  if (orBlank === true && isBlank(values)) return true;
  // One element that fulfils everything (SG-23).
  const fulfils = (element: Value) =>
    listOf(where).every((criterion) => {
      const { field, ...more } = fieldsOf(criterion);
      return holdAll(OF_ATTRIBUTES, Object.entries(more), found(element, textOf(field)), asked);
    });
  return (
    (where === undefined || values.some(fulfils)) && holdAll(OF_ATTRIBUTES, Object.entries(operators), values, asked)
  );
}

/** Whether the properties of an event pass every test (AB-03). */
export function propertiesPass(properties: Fields, where: Value | undefined, asked: Asked): boolean {
  return listOf(where ?? []).every((test) => {
    const { property, ...operators } = fieldsOf(test);
    return holdAll(OF_PROPERTIES, Object.entries(operators), found(properties, textOf(property)), asked);
  });
}
