// One attribute filter as SQL: the values that its path leads to, and what is asked of them (`valueTests.ts`).

import type { AttributeTest } from '../../domain/audience/attributeOperators.js';
import { attributePath, isNegative, passesAttributeTest } from '../../domain/audience/attributePath.js';
import {
  type AttributeFilter,
  attributeTests,
  type ElementFilter,
  fieldSteps,
} from '../../domain/audience/kinds/attribute.js';
import { ANY_ELEMENT } from '../../domain/event/propertyPath.js';
import { type StandardField, standardField } from '../../domain/profile/standardFields.js';
import type { RowSql } from './setForm.js';
import type { SqlContext } from './sqlContext.js';
import { itemsOf, testToSql, UNANSWERED } from './valueTests.js';

export function attributeToSql(filter: AttributeFilter, context: SqlContext): RowSql {
  const isUnanswered = [filter, ...(filter.where ?? [])].some((each) =>
    attributeTests(each).some(({ op }) => UNANSWERED.has(op)),
  );
  if (isUnanswered) context.onInexact();
  // Nobody surely passes. No parameter is added: PostgreSQL refuses one that the text does not use.
  const isNobody = isUnanswered && context.bound === 'atMost';
  if (isNobody && filter.orBlank !== true) return { row: 'false' };
  const { attribute, steps } = attributePath(filter.attribute);
  const field = standardField(attribute);
  const root =
    field === undefined ? `(u.attributes -> ${context.parameters.add(attribute, 'text')})` : fieldToSql(field);
  const values = valuesToSql(root, steps, context);
  if (isNobody) return { row: `(not ${values.areAny})` };
  const tests = attributeTests(filter).map((test) => values.passes(test));
  if (filter.where !== undefined) tests.push(values.someElement(filter.where));
  const condition = `(${tests.join(' and ')})`;
  return { row: filter.orBlank === true ? `(not ${values.areAny} or ${condition})` : condition };
}

/** As `valueOf` has it, as JSON. */
function fieldToSql({ column, isInstant }: StandardField): string {
  if (!isInstant) return `to_jsonb(u.${column})`;
  return `to_jsonb(to_char(u.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
}

/** What a path leads to: one value or, through a list, several. */
interface ValuesSql {
  /** Whether there is any. */
  readonly areAny: string;
  passes(test: AttributeTest): string;
  someElement(where: readonly ElementFilter[]): string;
}

function valuesToSql(root: string, steps: readonly string[], context: SqlContext): ValuesSql {
  const list = steps.indexOf(ANY_ELEMENT);
  const keys = (from: string, given: readonly string[]) =>
    given.reduce((value, key) => `(${value} -> ${context.parameters.add(key, 'text')})`, from);
  // Not `coalesce(…, false)`: PostgreSQL would expect half of everybody to pass, and read them without parallel workers.
  const test = (value: string, { op, operand }: AttributeTest) =>
    `((${testToSql(op, value, operand, context)}) is true)`;
  if (list < 0) {
    const value = `nullif(${keys(root, steps)}, 'null')`;
    return {
      areAny: `(${value} is not null)`,
      passes: (given) => test(value, given),
      // A path that does not end with a list is refused.
      someElement: () => 'false',
    };
  }
  const source = `${itemsOf(keys(root, steps.slice(0, list)))} as x(element)`;
  const value = `nullif(${keys('x.element', steps.slice(list + 1))}, 'null')`;
  const some = (condition: string) => `exists (select from ${source} where ${value} is not null and ${condition})`;
  const areAny = some('true');
  return {
    areAny,
    passes(given) {
      const passesBlank = passesAttributeTest(given, [], context);
      if (isNegative(given)) {
        const all = `not ${some(`not ${test(value, given)}`)}`;
        return passesBlank ? all : `(${areAny} and ${all})`;
      }
      const any = some(test(value, given));
      return passesBlank ? `(not ${areAny} or ${any})` : any;
    },
    someElement(where) {
      const criteria = where.flatMap((each) => {
        const field = `nullif(${keys('x.element', fieldSteps(each))}, 'null')`;
        return attributeTests(each).map((given) => test(field, given));
      });
      return some(`(${criteria.join(' and ')})`);
    },
  };
}
