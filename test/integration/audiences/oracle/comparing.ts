// Numbers and instants compared with what is asked of them.
import { type Asked, instantOf } from './clock.js';
import { type Fields, lengthOf, numberOf } from './written.js';

/** Whether a number is what every operator asks. */
export function isNumber(value: number, operators: Fields): boolean {
  return Object.entries(operators).every(([name, operand]) => compares(name, value - numberOf(operand)));
}

/** Whether an operator holds of something that is more than its operand by `difference`, or less. */
export function compares(operator: string, difference: number): boolean {
  switch (operator) {
    case 'equals':
      return difference === 0;
    case 'doesNotEqual':
      return difference !== 0;
    case 'atLeast':
      return difference >= 0;
    case 'atMost':
      return difference <= 0;
    case 'moreThan':
      return difference > 0;
    case 'lessThan':
      return difference < 0;
    default:
      throw new Error(`no rule for ${operator}`);
  }
}

/** Whether something was when it is asked to have been; never, where it never was (SG-04). */
export function isWhen(at: number | null | undefined, operators: Fields, asked: Asked): boolean {
  if (at === undefined || at === null) return false;
  return Object.entries(operators).every(([name, operand]) => {
    switch (name) {
      case 'moreThan':
        return asked.now - at >= lengthOf(operand);
      case 'lessThan':
        return asked.now - at < lengthOf(operand);
      case 'before':
        return at < instantOf(operand, asked);
      case 'after':
        return at > instantOf(operand, asked);
      default:
        throw new Error(`no rule for ${name}`);
    }
  });
}
