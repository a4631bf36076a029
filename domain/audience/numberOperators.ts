// Comparisons of a number that is always there (counters): a person without any has 0 (SG-20).
import { z } from 'zod';

const NUMBER_OPERATORS = ['equals', 'doesNotEqual', 'atLeast', 'atMost', 'moreThan', 'lessThan'] as const;
export type NumberOperator = (typeof NUMBER_OPERATORS)[number];
export type NumberOperands = { readonly [Op in NumberOperator]?: number | undefined };

const count = z.int().min(0).max(1_000_000_000).optional();
export const countOperatorShape = {
  equals: count,
  doesNotEqual: count,
  atLeast: count,
  atMost: count,
  moreThan: count,
  lessThan: count,
};

const WORDS: Readonly<Record<NumberOperator, string>> = {
  equals: 'exactly',
  doesNotEqual: 'not',
  atLeast: 'at least',
  atMost: 'at most',
  moreThan: 'more than',
  lessThan: 'less than',
};

export interface NumberComparison {
  readonly op: NumberOperator;
  readonly operand: number;
}

/** Every operator given; they are ANDed. */
export function numberComparisons(filter: NumberOperands): readonly NumberComparison[] {
  const comparisons: NumberComparison[] = [];
  for (const op of NUMBER_OPERATORS) {
    const operand = filter[op];
    if (operand !== undefined) comparisons.push({ op, operand });
  }
  return comparisons;
}

export function compareNumbers(op: NumberOperator, value: number, operand: number): boolean {
  switch (op) {
    case 'equals':
      return value === operand;
    case 'doesNotEqual':
      return value !== operand;
    case 'atLeast':
      return value >= operand;
    case 'atMost':
      return value <= operand;
    case 'moreThan':
      return value > operand;
    case 'lessThan':
      return value < operand;
    default:
      return op satisfies never;
  }
}

export function passesNumberOperators(filter: NumberOperands, value: number): boolean {
  return numberComparisons(filter).every(({ op, operand }) => compareNumbers(op, value, operand));
}

export function describeNumberOperators(filter: NumberOperands): string {
  return numberComparisons(filter)
    .map(({ op, operand }) => `${WORDS[op]} ${operand}`)
    .join(' and ');
}
