/**
 * Tests of one JSON value in SQL, operator by operator as `passesAttributeOperator` has them; `value` is null where there is
 * none. Regular expressions (RE2 is not PostgreSQL's dialect), dates (texts whose form SQL would have to guess) and the
 * case-blind "does not equal" (Unicode's case rules differ) are bounded from above or below instead of answered.
 */
import type { AttributeOperator } from '../../domain/audience/attributeOperators.js';
import type { Json } from '../../domain/json.js';
import { isJsonArray } from '../../domain/profile/attributes/attributeChange.js';
import type { SqlContext } from './sqlContext.js';

/** Told by `evaluate` alone. */
export const UNANSWERED: ReadonlySet<AttributeOperator> = new Set([
  'matchesRegex',
  'doesNotMatchRegex',
  'before',
  'after',
  'moreThanAgo',
  'lessThanAgo',
  'moreThanFromNow',
  'lessThanFromNow',
  'dayOfYear',
]);

export function testToSql(op: AttributeOperator, value: string, operand: Json, context: SqlContext): string {
  const { parameters } = context;
  const isArray = `jsonb_typeof(${value}) = 'array'`;
  switch (op) {
    case 'equals': {
      const equals = `coalesce(${value} = ${parameters.add(JSON.stringify(operand), 'jsonb')}, false)`;
      return operand === 0 ? `(${value} is null or ${equals})` : equals;
    }
    case 'doesNotEqual':
      return doesNotEqualToSql(value, operand, context);
    case 'isAnyOf':
      return `${value} = any(${parameters.add(jsonList(operand), 'jsonb[]')})`;
    case 'isNoneOf':
      return `not coalesce(${value} = any(${parameters.add(jsonList(operand), 'jsonb[]')}), false)`;
    case 'atLeast':
      return numberToSql(value, '>=', operand, context);
    case 'moreThan':
      return numberToSql(value, '>', operand, context);
    case 'atMost':
      return `(${value} is null or ${numberToSql(value, '<=', operand, context)})`;
    case 'lessThan':
      return `(${value} is null or ${numberToSql(value, '<', operand, context)})`;
    case 'contains':
      return containsToSql(value, operand, context);
    case 'doesNotContain':
      return `not ${containsToSql(value, operand, context)}`;
    case 'includesAnyOf':
      return includesAnyToSql(value, operand, context);
    case 'includesNoneOf':
      return `not ${includesAnyToSql(value, operand, context)}`;
    case 'includesAllOf':
      return includesAllToSql(value, operand, context);
    case 'doesNotIncludeAllOf':
      return `not ${includesAllToSql(value, operand, context)}`;
    case 'isBlank':
      return `${value} is ${operand === true ? '' : 'not '}null`;
    case 'isEmpty': {
      const isEmpty = `(${value} is null or ${value} = '[]')`;
      return operand === true ? isEmpty : `not ${isEmpty}`;
    }
    case 'matchesRegex':
    case 'doesNotMatchRegex':
      return bounded(`(jsonb_typeof(${value}) = 'string' or ${isArray})`, context);
    case 'before':
    case 'after':
    case 'moreThanAgo':
    case 'lessThanAgo':
    case 'moreThanFromNow':
    case 'lessThanFromNow':
    case 'dayOfYear':
      return bounded(`jsonb_typeof(${value}) = 'string'`, context);
    default:
      return op satisfies never;
  }
}

/** For what only `evaluate` can tell: everybody who might pass, or nobody. */
function bounded(mayPass: string, { bound }: SqlContext): string {
  return bound === 'atLeast' ? mayPass : 'false';
}

function doesNotEqualToSql(value: string, operand: Json, { parameters, bound, onInexact }: SqlContext): string {
  if (typeof operand === 'string') onInexact();
  if (typeof operand === 'string' && bound === 'atMost') {
    return `(${value} is null or jsonb_typeof(${value}) <> 'string')`;
  }
  const differs = `${value} is distinct from ${parameters.add(JSON.stringify(operand), 'jsonb')}`;
  return operand === 0 ? `(${value} is not null and ${differs})` : differs;
}

/** JSON numbers compare as numbers, and are not written out as texts for it: that took half the time of a filter of everybody. */
function numberToSql(value: string, sign: '>=' | '>' | '<=' | '<', operand: Json, { parameters }: SqlContext): string {
  const limit = parameters.add(JSON.stringify(operand), 'jsonb');
  return `((${value} ${sign} ${limit} and jsonb_typeof(${value}) = 'number') is true)`;
}

/** The value's items, none where it is no list. */
export function itemsOf(value: string): string {
  return `jsonb_array_elements(case when jsonb_typeof(${value}) = 'array' then ${value} else '[]' end)`;
}

function containsToSql(value: string, operand: Json, { parameters }: SqlContext): string {
  const parts = parameters.add(isJsonArray(operand) ? operand : [operand], 'text[]');
  const texts = `case when jsonb_typeof(${value}) = 'array' then ${value} else jsonb_build_array(${value}) end`;
  return (
    `exists (select from jsonb_array_elements(${texts}) as item, unnest(${parts}) as part` +
    ` where jsonb_typeof(item) = 'string' and strpos(item #>> '{}', part) > 0)`
  );
}

function includesAnyToSql(value: string, operand: Json, { parameters }: SqlContext): string {
  const wanted = parameters.add(jsonList(operand), 'jsonb[]');
  return `exists (select from ${itemsOf(value)} as item where item = any(${wanted}))`;
}

function includesAllToSql(value: string, operand: Json, { parameters }: SqlContext): string {
  const wanted = parameters.add(jsonList(operand), 'jsonb[]');
  return `(select coalesce(bool_and(w = any(array(select item from ${itemsOf(value)} as item))), true) from unnest(${wanted}) as w)`;
}

function jsonList(operand: Json): readonly string[] {
  return (isJsonArray(operand) ? operand : [operand]).map((item) => JSON.stringify(item));
}
