/**
 * Tests of an event's properties in SQL, as `passesPropertyTest` has them: conditions on `events e`. Of regular expressions and
 * dates they keep more events than pass, never fewer.
 */
import type { AttributeOperator } from '../../domain/audience/attributeOperators.js';
import { ANY_ELEMENT } from '../../domain/event/propertyPath.js';
import type { PropertyTest } from '../../domain/event/propertyTest.js';
import type { SqlContext } from './sqlContext.js';
import { itemsOf, testToSql } from './valueTests.js';

interface Asked {
  /** What one of the values must pass; null: only that it is a text. */
  readonly op: AttributeOperator | null;
  readonly isNegative?: boolean;
}

const ASKED: Readonly<Record<Exclude<PropertyTest['op'], 'isBlank' | 'equalsTrigger'>, Asked>> = {
  equals: { op: 'equals' },
  doesNotEqual: { op: 'equals', isNegative: true },
  isAnyOf: { op: 'isAnyOf' },
  isNoneOf: { op: 'isAnyOf', isNegative: true },
  atLeast: { op: 'atLeast' },
  atMost: { op: 'atMost' },
  moreThan: { op: 'moreThan' },
  lessThan: { op: 'lessThan' },
  contains: { op: 'contains' },
  doesNotContain: { op: 'contains', isNegative: true },
  matchesRegex: { op: null },
  before: { op: null },
  after: { op: null },
};

/** Whether SQL keeps just the events that pass. */
export function isExactWhere(where: readonly PropertyTest[]): boolean {
  return where.every(({ op }) => op === 'isBlank' || (op !== 'equalsTrigger' && ASKED[op].op !== null));
}

export function whereToSql(where: readonly PropertyTest[], context: SqlContext): readonly string[] {
  return where.map((test) => testOfEvent(test, context));
}

function testOfEvent({ path, op, value: operand }: PropertyTest, context: SqlContext): string {
  const some = someValue(path, context);
  if (op === 'isBlank') return `${operand === true ? 'not ' : ''}${some(() => 'true')}`;
  // Audiences have no trigger to compare with.
  if (op === 'equalsTrigger') return 'false';
  const { op: asked, isNegative = false } = ASKED[op];
  if (asked === null) return some((value) => `jsonb_typeof(${value}) = 'string'`);
  return `${isNegative ? 'not ' : ''}${some((value) => testToSql(asked, value, operand, context))}`;
}

/** A condition that holds where one of the values that the path leads to passes; null counts as absent. */
function someValue(path: readonly string[], { parameters }: SqlContext) {
  const lists: string[] = [];
  let reached = 'e.properties';
  for (const step of path) {
    if (step === ANY_ELEMENT) {
      const list = `p${lists.length}`;
      lists.push(`${itemsOf(reached)} as ${list}(element)`);
      reached = `${list}.element`;
    } else reached = `(${reached} -> ${parameters.add(step, 'text')})`;
  }
  const value = `nullif(${reached}, 'null')`;
  return (test: (value: string) => string) => {
    const passes = `${value} is not null and coalesce(${test(value)}, false)`;
    return lists.length === 0 ? `(${passes})` : `exists (select from ${lists.join(', ')} where ${passes})`;
  };
}
