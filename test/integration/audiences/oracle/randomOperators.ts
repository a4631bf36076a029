// Operators at random, and what they compare with.
import fc from 'fast-check';
import { INSTANTS } from './randomPeople.js';
import type { Fields, Value } from './written.js';

export type Written = fc.Arbitrary<Fields>;
export type Operators = Readonly<Record<string, fc.Arbitrary<Value>>>;

export const length = fc.constantFrom('0 seconds', '1 day', '24 hours', '2 weeks', '30 days');
export const offset = fc.constantFrom(...INSTANTS.filter((each) => /T.*(Z|[+-]\d\d:\d\d)$/.test(each)));
/** Dates by the clock of the workspace, of which one names an hour that is there twice, and one an hour that is not there. */
const local = fc.constantFrom(
  ...['2025-03-05', '2025-03-06', '2025-03-05T11:45', '2025-03-06T11:45:00', '2024-11-03T01:30', '2025-03-09T02:30'],
);
const absolute = fc.oneof(offset, local);

export const recency = { moreThan: length, lessThan: length, before: absolute, after: absolute };

export const compare = (operand: fc.Arbitrary<number>): Operators => ({
  equals: operand,
  doesNotEqual: operand,
  atLeast: operand,
  atMost: operand,
  moreThan: operand,
  lessThan: operand,
});

/** One or two of the operators, mostly one. */
export function withSome(base: Operators, operators: Operators): Written {
  return fc
    .tuple(fc.constantFrom(1, 1, 1, 2), fc.shuffledSubarray(Object.entries(operators), { minLength: 2 }))
    .chain(([size, chosen]) => fc.record({ ...base, ...Object.fromEntries(chosen.slice(0, size)) }));
}
